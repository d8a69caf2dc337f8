def test_it(answered): 
    assert answered.status == "closed"
