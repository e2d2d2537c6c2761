using System.Security.Cryptography;

namespace Ledger.Server.Tests.Subscribers;

public class WebhookSecretsTests
{
    [Fact]
    public void The_published_test_vector_of_Standard_Webhooks_verifies()
    {
        var secrets = new WebhookSecrets("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

        secrets.Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", DateTimeOffset.FromUnixTimeSeconds(1614265330), """{"test": 2432232314}"""u8)
            .ShouldBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    [Fact]
    public void A_former_secret_signs_until_its_time_is_over()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1614265330);
        var rotated = WebhookSecrets.Make().Rotate(now.AddHours(1));

        rotated.Sign("id", now, "{}"u8).Split(' ').Length.ShouldBe(2);
        rotated.Sign("id", now.AddHours(1), "{}"u8).Split(' ').Length.ShouldBe(1);
    }

    [Fact]
    public void A_sealed_secret_opens_only_for_its_subscription_and_under_its_key()
    {
        var box = Box(RandomNumberGenerator.GetBytes(32));
        var sealedText = box.Seal("s1", "secret");

        box.Open("s1", sealedText).ShouldBe("secret");
        Should.Throw<CryptographicException>(() => box.Open("s2", sealedText));
        Should.Throw<CryptographicException>(() => Box(RandomNumberGenerator.GetBytes(32)).Open("s1", sealedText));
        sealedText[^1] ^= 1;
        Should.Throw<CryptographicException>(() => box.Open("s1", sealedText));
    }

    private static SecretBox Box(byte[] key) => new(
        new() { RetrySchedule = [], Timeout = TimeSpan.Zero, SecretsKey = Convert.ToBase64String(key) },
        new() { DataDirectory = "unused", ConnectionString = "unused" });
}
