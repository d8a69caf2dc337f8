"""The one address of the inventory that everybody may open."""

from django.urls import path

from requests.inventory import views

urlpatterns = [path("", views.show, name="what_we_hold")]
