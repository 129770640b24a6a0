"""Addresses of the awards."""

from django.urls import path

from grants.awards import views

app_name = "awards"
urlpatterns = [
    path("awards/", views.awards, name="awards"),
    path("awards/<uuid:public_id>/", views.award, name="award"),
    path("awards/<uuid:public_id>/accept/", views.accept, name="accept"),
    path("awards/<uuid:public_id>/turn-down/", views.turn_down, name="turn_down"),
    path("awards/<uuid:public_id>/agreement/", views.agreement, name="agreement"),
    path("awards/<uuid:public_id>/summary/", views.summary, name="summary"),
]
