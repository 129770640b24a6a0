"""The addresses of this app, room by room."""

from django.urls import URLPattern, URLResolver, include, path

from communities.core.files import stored_file

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("communities.people.urls")),
    path("", include("communities.places.urls")),
    path("", include("communities.framework.urls")),
    path("files/<uuid:public_id>/", stored_file, name="stored_file"),
    path("", include("communities.groups.urls")),
]
