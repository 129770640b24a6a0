"""Addresses of a person's own pages and of the pages about the site."""

from django.urls import path

from communities.people import views

urlpatterns = [
    path("home/", views.home, name="home"),
    path("home/details/", views.your_details, name="account"),
    path("demonstration/sign-in/<int:pk>/", views.sign_in_as, name="sign_in_as"),
    *(path(f"help/{page}/", views.help_page, {"page": page}, name=f"help_{page}") for page in views.HELP),
]
