import pytest
from django.contrib.auth import get_user_model
from django.test import Client

SIGN = "/common-afib/common/sign/"


@pytest.fixture
def browser():
    return Client(HTTP_USER_AGENT="pytest", HTTP_HOST="localhost")


def test_root_leads_to_sign_in_without_database(browser):
    answer = browser.get("/", follow=True)
    assert answer.redirect_chain == [("/geqip-chuap/dem/", 302), (f"{SIGN}?next=/geqip-chuap/dem/", 302)]
    assert answer.status_code == 200


@pytest.mark.django_db
def test_sign_in_shows_the_account(browser):
    get_user_model().objects.create_user("someone", password="a password")
    browser.post(SIGN, {"form": "sign-in", "username": "someone", "password": "a password"})
    assert b">someone<" in browser.get("/geqip-chuap/common/account/").content


@pytest.mark.django_db
def test_wrong_password_is_refused(browser):
    get_user_model().objects.create_user("someone", password="a password")
    browser.post(SIGN, {"form": "sign-in", "username": "someone", "password": "another"})
    assert browser.get("/geqip-chuap/common/account/").status_code == 302
