using System.Text;
using NixSharp.GitOps.Secrets;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.GitOps;

public sealed class SshToAgeTests
{
    // A key that exists nowhere but here, made for these tests; what age itself makes of it is checked with the real program.
    private const string PublicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea test";

    [Fact]
    public void A_recipient_comes_back_from_its_text()
    {
        var recipient = AgeRecipient.FromSshPublicKey(PublicKey);
        Assert.StartsWith("age1", recipient.ToString(), StringComparison.Ordinal);
        Assert.Equal(recipient, AgeRecipient.Parse(recipient.ToString()));
        Assert.Equal(recipient, AgeRecipient.Parse(recipient.ToString().ToUpperInvariant()));
    }

    [Fact]
    public void One_wrong_character_is_noticed()
    {
        var text = AgeRecipient.FromSshPublicKey(PublicKey).ToString();
        for (var i = 4; i < text.Length; i++)
        {
            Assert.Throws<GitOpsException>(() => AgeRecipient.Parse($"{text[..i]}{(text[i] == 'q' ? 'p' : 'q')}{text[(i + 1)..]}"));
        }

        Assert.Throws<GitOpsException>(() => AgeRecipient.Parse(text[..^1]));
        Assert.Throws<GitOpsException>(() => AgeRecipient.Parse(text.Replace("age1", "aga1", StringComparison.Ordinal)));
        Assert.Throws<GitOpsException>(() => AgeRecipient.Parse("A" + text[1..]));
    }

    [Theory]
    [InlineData("A12UEL5L", "a", "")]
    [InlineData("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", "abcdef", "00443214c74254b635cf84653a56d7c675be77df")]
    public void The_encoding_is_that_of_the_specification(string text, string prefix, string data)
    {
        Assert.Equal(data, Convert.ToHexStringLower(Bech32.Decode(prefix, text)!));
        Assert.Equal(text.ToLowerInvariant(), Bech32.Encode(prefix, Convert.FromHexString(data)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ssh-ed25519")]
    [InlineData("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ== x")]
    [InlineData("ssh-ed25519 ???? x")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1E= x")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA x")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA x")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP///////////////////////////////////////////w== x")]
    public void What_is_no_public_key_of_this_kind_is_refused(string line) =>
        Assert.Equal(NixErrorCodes.InvalidSshKey, Assert.Throws<GitOpsException>(() => AgeRecipient.FromSshPublicKey(line)).Code);

    [Fact]
    public void Damaged_keys_are_refused_in_an_orderly_way()
    {
        Fuzz.Run<GitOpsException>([Encoding.UTF8.GetBytes(PublicKey)], static bytes => AgeRecipient.FromSshPublicKey(Encoding.UTF8.GetString(bytes)));
        var pem = $"-----BEGIN OPENSSH PRIVATE KEY-----\n{Convert.ToBase64String([.. "openssh-key-v1\0"u8, 0, 0, 0, 4, .. "none"u8, 0, 0, 0, 4, .. "none"u8, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])}\n-----END OPENSSH PRIVATE KEY-----\n";
        Fuzz.Run<GitOpsException>([Encoding.UTF8.GetBytes(pem)], static bytes => AgeIdentity.FromSshPrivateKey(Encoding.UTF8.GetString(bytes)));
    }
}
