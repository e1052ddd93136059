"""Operators see whether mail works."""


def _run(app, *arguments):
    return app.test_cli_runner().invoke(args=["mail", "test", *arguments])


def test_a_test_message_is_sent_at_once(mailing, server):
    result = _run(mailing, "reader@example.com")
    assert (result.exit_code, result.output) == (0, "The mail server took it.\n")
    assert server.received[0]["To"] == "reader@example.com"
    assert "https://forum.example can send mail" in server.received[0].get_content()


def test_what_the_server_said_is_shown(mailing, server):
    server.answers.append(("RCPT", "550 No such mailbox"))
    result = _run(mailing, "reader@example.com")
    assert result.exit_code == 1
    assert "550 No such mailbox" in result.output


def test_a_wrong_address_is_a_plain_error(mailing):
    result = _run(mailing, "nobody")
    assert result.exit_code == 1
    assert result.output.startswith("Error: It was not sent")


def test_without_a_mail_server_the_command_says_what_to_set(app):
    result = _run(app, "reader@example.com")
    assert result.exit_code == 1
    assert "FORUM_SMTP_HOST" in result.output
