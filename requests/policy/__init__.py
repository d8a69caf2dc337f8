"""The controller's own privacy policy: every version that was loaded, with its days. A change that matters is said
for thirty days and can be mailed (policy §15). The text is the controller's and lives in the database only.

    in_force.py   which version holds on a day, and until when a change is said
    loading.py    taking a version in, and back (`manage.py load_policy`)
    drawing.py    from Markdown to what a page shows, and which parts changed
    mailing.py    a letter to every address on file (`manage.py mail_policy_notice`)
"""
