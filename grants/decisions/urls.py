"""Addresses of the panel's pages, the meeting among them, and of a group's pages about its decision."""

from django.urls import path

from grants.assessment.urls import urlpatterns as before_the_meeting
from grants.decisions import views

panel = [
    *before_the_meeting,
    path("meetings/<uuid:public_id>/", views.meeting, name="meeting"),
    path("meetings/<uuid:public_id>/attendance/", views.attendance, name="attendance"),
    path("meetings/<uuid:public_id>/open/", views.open_meeting, name="open_meeting"),
    path("meetings/<uuid:public_id>/close/", views.close_meeting, name="close_meeting"),
    path("meetings/<uuid:public_id>/bids/<uuid:bid>/", views.item, name="item"),
    path("meetings/<uuid:public_id>/bids/<uuid:bid>/put-off/", views.put_off, name="put_off"),
    path("meetings/<uuid:public_id>/bids/<uuid:bid>/interest/", views.note_interest, name="note_interest"),
    path("motions/<uuid:public_id>/vote/", views.vote, name="vote"),
    path("motions/<uuid:public_id>/votes/", views.votes, name="votes"),
    path("motions/<uuid:public_id>/casting/", views.casting, name="casting"),
    path("motions/<uuid:public_id>/close/", views.close_motion, name="close_motion"),
]
group = [
    path("<uuid:public_id>/smaller/", views.smaller, name="smaller"),
    path("<uuid:public_id>/decision/", views.decision, name="decision"),
]
