using System.Text;
using NixSharp.SupplyChain.Signing;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.SupplyChain;

public sealed class CosignKeyTests
{
    private const string Password = "correct horse";

    [Theory]
    [InlineData("plain.key", null)]
    [InlineData("sec1.key", null)]
    [InlineData("pkcs8-encrypted.key", Password)]
    [InlineData("encrypted.key", Password)]
    public void A_key_is_read_in_every_form(string file, string? password)
    {
        using var key = CosignKey.Parse(Vector(file), password);
        using var publicKey = key.ToPublicKey();
        Assert.Equal(Vector("public.pub"), publicKey.Export());
        Assert.True(publicKey.Verify("x"u8, key.Sign("x"u8)));
        Assert.DoesNotContain("BEGIN", key.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_signature_of_openssl_is_verified()
    {
        using var key = CosignPublicKey.Parse(Vector("public.pub"));
        var signature = Convert.FromBase64String(Vector("message.sig"));
        Assert.True(key.Verify(Encoding.ASCII.GetBytes(Vector("message")), signature));
        Assert.False(key.Verify("another message\n"u8, signature));
        Assert.False(key.Verify(Encoding.ASCII.GetBytes(Vector("message")), signature.AsSpan(1)));
        Assert.False(key.Verify(Encoding.ASCII.GetBytes(Vector("message")), []));
    }

    [Theory]
    [InlineData("encrypted.key", "wrong", "password")]
    [InlineData("encrypted.key", null, "COSIGN_PASSWORD")]
    [InlineData("pkcs8-encrypted.key", "wrong", "password")]
    [InlineData("p384.key", null, "P-256")]
    [InlineData("public.pub", null, "PUBLIC KEY")]
    [InlineData("message", null, "no PEM block")]
    public void What_is_no_key_or_does_not_open_is_refused(string file, string? password, string why)
    {
        var error = Assert.Throws<SupplyChainException>(() => CosignKey.Parse(Vector(file), password));
        Assert.Equal(NixErrorCodes.InvalidSigningKey, error.Code);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_public_key_is_not_taken_from_a_private_one() =>
        Assert.Equal(NixErrorCodes.InvalidSigningKey, Assert.Throws<SupplyChainException>(() => CosignPublicKey.Parse(Vector("plain.key"))).Code);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("pässword")]
    public void A_new_key_is_read_again(string? password)
    {
        using var key = CosignKey.Generate();
        using var again = CosignKey.Parse(key.Export(password), password);
        using var check = again.ToPublicKey();
        Assert.True(check.Verify("x"u8, key.Sign("x"u8)));
    }

    [Fact]
    public async Task A_key_pair_is_written_for_its_owner_and_never_over_another()
    {
        using var folder = new TemporaryFolder();
        var (privateKey, publicKey) = await CosignKeyPair.WriteAsync(folder["cosign"], Password);
        using var key = await CosignKey.ReadAsync(privateKey, Password);
        using var check = await CosignPublicKey.ReadAsync(publicKey);
        Assert.True(check.Verify("x"u8, key.Sign("x"u8)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(privateKey));
        var before = await File.ReadAllTextAsync(privateKey);
        await Assert.ThrowsAsync<NixFileException>(() => CosignKeyPair.WriteAsync(folder["cosign"], Password));
        File.Delete(publicKey);
        await Assert.ThrowsAsync<NixFileException>(() => CosignKeyPair.WriteAsync(folder["cosign"], Password));
        Assert.Equal(before, await File.ReadAllTextAsync(privateKey));
        Assert.False(File.Exists(publicKey));
    }

    [Fact]
    public void Encrypted_keys_that_are_nearly_right_are_refused()
    {
        // Cheap parameters, so that what is mutated is the text and not the patience of the test.
        var seed = Encoding.ASCII.GetBytes("""{"kdf":{"name":"scrypt","params":{"N":1024,"r":8,"p":1},"salt":"AAAA"},"cipher":{"name":"nacl/secretbox","nonce":"AAAA"},"ciphertext":"AAAA"}""");
        Fuzz.Run<NixException>([seed], static bytes => Assert.Null(EncryptedKey.Decrypt(bytes, "", out _)), count: 500);
    }

    private static string Vector(string name) =>
        File.ReadAllText(Path.Combine(GoldenData.RepositoryRoot, "tests", "NixSharp.Core.Tests", "SupplyChain", "Vectors", name));
}
