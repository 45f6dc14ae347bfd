from django.urls import path

from sample import views

app_name = "sample"
urlpatterns = [
    path("rows/", views.rows, name="rows"),
    path("slow/", views.slow, name="slow"),
]
