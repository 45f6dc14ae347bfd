from django.core.management.base import BaseCommand, CommandError

from sample.models import Switch

NAMES = ("job_fails", "job_sleeps")
PERIODS = ("quarter_hourly", "hourly", "daily", "weekly")


class Command(BaseCommand):
    help = "Make a job misbehave: `job_fails hourly on`, `job_sleeps daily 30`, `… off`; without arguments, list"

    def add_arguments(self, parser):
        parser.add_argument("name", nargs="?", choices=NAMES)
        parser.add_argument("period", nargs="?", choices=PERIODS)
        parser.add_argument("value", nargs="?", help="on, off or a number of seconds")

    def handle(self, *args, name, period, value, **options):
        if value is not None:
            Switch.objects.update_or_create(name=name, period=period, defaults={"value": self.parse(value)})
        elif name is not None:
            raise CommandError("a switch needs its name, its period and its value")
        for switch in Switch.objects.filter(value__gt=0).order_by("name", "period"):
            self.stdout.write(f"{switch.name} {switch.period} {switch.value}")

    @staticmethod
    def parse(value):
        number = {"on": "1", "off": "0"}.get(value, value)
        if not number.isascii() or not number.isdigit():
            raise CommandError(f"{value!r} is neither on, nor off, nor a number of seconds")
        return int(number)
