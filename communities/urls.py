"""The addresses of this app, room by room."""

from django.urls import URLPattern, URLResolver, path

from communities.core.files import stored_file

urlpatterns: list[URLPattern | URLResolver] = [
    path("files/<uuid:public_id>/", stored_file, name="stored_file"),
]
