"""Every page in every state is valid HTML, and whole where a parser does not look: ids, names, headings, errors."""

import pytest

from tests.html_faults import faults
from tests.page_states import STATES, third

WHOLE = """<!DOCTYPE html>
<html lang="en" dir="ltr"><head><meta charset="utf-8"><title>Error: A question – Primevox</title></head><body>
<nav aria-label="Language"><ul><li><a href="/es/">Español</a></li></ul></nav>
<main id="main"><div class="error-summary" role="alert" tabindex="-1"><h2>Problem</h2><a href="#name">Say it</a></div>
<h1>A question</h1><h2>More</h2><form method="post" action="/ask/"><fieldset><legend>Group</legend>
<label for="name">Name</label>
<div class="field-error" id="name_error">Say it</div><input id="name" name="name" aria-describedby="name_error">
</fieldset><button>Go on</button></form>
<table><caption>Levels</caption><tr><th scope="col">What</th></tr></table><dl><div><dt>A</dt><dd>B</dd></div></dl>
</main></body></html>"""

SPOILT = {
    "no doctype": ("<!DOCTYPE html>\n", ""),
    "parse error": ("<h2>More</h2>", "<p><div>More</div></p>"),
    "stands 2 times": ('id="name_error"', 'id="name"'),
    "leads nowhere": ('href="#name"', 'href="#nobody"'),
    "without a legend": ("<legend>Group</legend>", ""),
    "2 first headings": ("<h2>More</h2>", "<h1>More</h1>"),
    "h3 comes after h1": ("<h2>More</h2>", "<h3>More</h3>"),
    "an empty h2": ("<h2>More</h2>", "<h2> </h2>"),
    "has no label": ('<label for="name">Name</label>', ""),
    "a without words": ("Español", ""),
    "button without words": ("Go on", ""),
    "a picture without words": ("<h2>More</h2>", '<h2>More</h2><img src="/x.svg">'),
    "nav without a name": (' aria-label="Language"', ""),
    "inline style": ("</head>", "<style>p{}</style></head>"),
    "inline script": ("</head>", "<script>1</script></head>"),
    "button onclick": ("<button>", '<button onclick="x()">'),
    "h2 style": ("<h2>", '<h2 style="color:red">'),
    "runs javascript:": ('href="/es/"', 'href="javascript:1"'),
    "img loads": ("<h2>More</h2>", '<h2>More</h2><img alt="" src="https://other.example/x.png">'),
    "form loads": ('action="/ask/"', 'action="//other.example/"'),
    "a link leads to": ('href="/es/"', 'href="https://other.example/"'),
    "title 'A question": ("Error: ", ""),
    "the summary is not announced": (' role="alert"', ""),
    "which is no field": ('href="#name"', 'href="#main"'),
    "nothing is described by": (' aria-describedby="name_error"', ""),
    "the page is in": ('lang="en"', 'lang="xx"'),
    "no direction": (' dir="ltr"', ""),
    "without a caption": ("<caption>Levels</caption>", ""),
    "without scope": (' scope="col"', ""),
    "ul holds": ("<ul><li>", "<ul><p>x</p><li>"),
    "autocomplete=": ('name="name"', 'name="name" autocomplete="whatever"'),
}


def test_a_whole_page_has_no_fault():
    assert faults(WHOLE) == []


@pytest.mark.parametrize(("fault", "change"), SPOILT.items(), ids=list(SPOILT))
def test_each_fault_would_be_seen(fault, change):
    before, after = change
    assert before in WHOLE
    assert any(fault in found for found in faults(WHOLE.replace(before, after)))


@pytest.mark.django_db
@pytest.mark.parametrize("name", third(1))
def test_a_page_is_valid_and_whole(name, situation):
    assert faults(STATES[name](situation).content.decode()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["start", "details_of_object_with_nothing", "closed_refused", "answer_with_files"])
def test_a_page_in_another_language_is_valid_too(name, situation):
    situation.language = "es"
    html = STATES[name](situation).content.decode()
    assert '<html lang="es"' in html
    assert faults(html) == []
