from django.urls import path

from dem import views

app_name = "dem"
urlpatterns = [
    path("", views.home, name="home"),
    path("suppliers/", views.suppliers, name="suppliers"),
    path("documents/", views.documents, name="documents"),
]
