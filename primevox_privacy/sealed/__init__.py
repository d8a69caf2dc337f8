"""Sealed data: encrypted in the app before it reaches the database.

Every person's data is sealed under a data key of its own, one per owner and life (`lives.py`). The data key lies
in the database wrapped by a wrapping key that does not. To forget a life is to destroy its data key
(`forgetting.py`): what was sealed under it can then be read by nobody, whatever copies of the rows exist.

    cipher.py      AES-256-GCM, wrapping, blind indexes      fields.py   model fields that seal themselves
    models.py      the data keys, the sealed files           files.py    the chunked file format
    forgetting.py  destroying a key, then rows and files     uploads.py  uploads that never lie in plain on disk
"""
