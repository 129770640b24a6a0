"""The site's addresses and the floor's."""

from django.urls import include, path

from benchmark import floor

urlpatterns = [
    path("floor/page/", floor.page, name="floor_page"),
    path("floor/rows.csv", floor.rows, name="floor_rows"),
    path("", include("config.urls")),
]
