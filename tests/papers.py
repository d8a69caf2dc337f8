"""Papers on their way: as the upload handler hands them over, and as if they had been drawn."""

from datetime import timedelta

from django.utils import timezone

from primevox_privacy.sealed.uploads import SealedUpload, SealedUploadHandler
from primevox_privacy.staff.models import User
from verification import clean_pages
from verification.models import Evidence, Paper
from verification.redraw import Drawn


def received(name: str, content: bytes, kind: str = "application/octet-stream") -> SealedUpload:
    """A file as it arrives."""
    handler = SealedUploadHandler()
    handler.new_file("papers", name, kind, None, None)
    for start in range(0, len(content), handler.chunk_size):
        handler.receive_data_chunk(content[start : start + handler.chunk_size], start)
    return handler.file_complete(len(content))


def drawn(piece: Evidence, *pages: bytes) -> Paper:
    """The paper as if a worker had had these clean pages drawn."""
    paper = Paper.objects.get(piece=piece)
    lease = timezone.now() + timedelta(minutes=1)
    Paper.objects.filter(pk=paper.pk).update(leased_until=lease)
    paper.leased_until = lease
    assert clean_pages._keep(paper, [Drawn(page, is_blank=False, is_small=False) for page in pages or (b"a page",)])
    return paper


def read(piece: Evidence, by: User) -> None:
    """Somebody looks at a paper, which is drawn for them if it waits."""
    paper = Paper.objects.get(piece=piece)
    clean_pages.look(drawn(piece) if not paper.pages_drawn else paper, "decide", by=by)
