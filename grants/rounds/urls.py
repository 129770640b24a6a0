"""Addresses of the public rounds pages."""

from django.urls import path

from grants.rounds import views

app_name = "rounds"
urlpatterns = [
    path("", views.front, name="front"),
    path("rounds/", views.rounds, name="rounds"),
    path("rounds/<uuid:public_id>/", views.round_page, name="round"),
    path("rounds/<uuid:public_id>/questions/", views.questions, name="questions"),
    path("rounds/<uuid:public_id>/quiz/", views.quiz, name="quiz"),
]
