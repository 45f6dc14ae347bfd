from django.db import models


class Supplier(models.Model):
    name = models.CharField(max_length=80, unique=True)

    class Meta:
        # The order is the database's own: its collation shows.
        ordering = ("name",)

    def __str__(self):
        return self.name


class Document(models.Model):
    file = models.FileField()
    uploaded_at = models.DateTimeField(auto_now_add=True)
