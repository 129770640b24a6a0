"""Addresses of a group's own pages."""

from django.urls import path

from communities.groups import views

app_name = "groups"
urlpatterns = [
    path("groups/", views.groups, name="groups"),
    path("groups/<uuid:public_id>/", views.group, name="group"),
    path("groups/<uuid:public_id>/details/", views.details, name="details"),
    path("groups/<uuid:public_id>/people/", views.members, name="members"),
    path("groups/<uuid:public_id>/people/add/", views.add, name="add"),
    path("groups/<uuid:public_id>/people/related/", views.related, name="related"),
    path("groups/<uuid:public_id>/people/lead/", views.lead, name="lead"),
    path("groups/<uuid:public_id>/people/<uuid:person>/", views.member, name="member"),
    path("groups/<uuid:public_id>/people/<uuid:person>/name/", views.name, name="name"),
    path("groups/<uuid:public_id>/people/<uuid:person>/leaving/", views.leaving, name="leaving"),
    path("groups/<uuid:public_id>/money/", views.body, name="body"),
    path("groups/<uuid:public_id>/vision/", views.vision, name="vision"),
    path("groups/<uuid:public_id>/vision/share/", views.share, name="share"),
    path("groups/<uuid:public_id>/papers/", views.document, name="document"),
]
