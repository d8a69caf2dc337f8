"""The sweeps that draw papers anew, and destroy what is due."""

from celery import shared_task

from verification import clean_pages, destruction


@shared_task
def redraw_owed() -> None:
    clean_pages.draw_owed()


@shared_task
def destroy_owed() -> None:
    destruction.destroy_owed()
