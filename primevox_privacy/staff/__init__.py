"""Accounts of those who work here. What each role may do is said by the floors that have something to do."""
