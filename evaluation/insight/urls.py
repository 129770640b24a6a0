"""Addresses of the results."""

from django.urls import path

from evaluation.insight import views

app_name = "evaluation"
urlpatterns = [
    path("evaluation/", views.home, name="home"),
    path("evaluation/awards/", views.awards, name="awards"),
    path("evaluation/files/<slug:key>.csv", views.download, name="download"),
    path("evaluation/files/<slug:key>/dictionary.csv", views.dictionary, name="dictionary"),
    path("evaluation/<slug:name>/", views.page, name="page"),
]
