"""Addresses of the record of spending."""

from django.urls import path

from grants.spending import views

app_name = "spending"
urlpatterns = [
    path("awards/<uuid:public_id>/spending/", views.spending, name="spending"),
    path("awards/<uuid:public_id>/spending/add/", views.add, name="add"),
    path("awards/<uuid:public_id>/spending/<int:number>/remove/", views.remove, name="remove"),
    path("awards/<uuid:public_id>/spending/check/", views.check, name="check"),
]
