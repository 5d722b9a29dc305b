using NixSharp.SupplyChain.Signing;
using Xunit;

namespace NixSharp.Core.Tests.SupplyChain;

public sealed class SecretBoxTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(static i => (byte)i)];
    private static readonly byte[] Nonce = [.. Enumerable.Range(100, 24).Select(static i => (byte)i)];

    // What PyNaCl's SecretBox(bytes(range(32))).encrypt(message, bytes(range(100, 124))) gives.
    [Theory]
    [InlineData("", "f49572d6194281e3c87fbb4e2106932c")]
    [InlineData("68656c6c6f", "7aa65d0746d91e97be50daadf49b4e706adcf5a555")]
    public void A_box_is_what_libsodium_makes(string message, string box)
    {
        Assert.Equal(box, Convert.ToHexStringLower(SecretBox.Seal(Convert.FromHexString(message), Nonce, Key)));
        Assert.Equal(Convert.FromHexString(message), SecretBox.Open(Convert.FromHexString(box), Nonce, Key));
    }

    [Fact]
    public void A_box_of_several_blocks_is_what_libsodium_makes()
    {
        byte[] message = [.. Enumerable.Range(0, 200).Select(static i => (byte)(i % 251))];
        var box = SecretBox.Seal(message, Nonce, Key);
        Assert.Equal(
            "1af2cc4bc09929b8a165f47171f2a40f02b89bca3eb3c8eeb8f4299f3b89ad172ebb2ab4f0b35d0cbe15588f1696d797884ed63b6b12bdc3dd3f3d492c3ef34af1a19c2b26b30f683bd8693fe78fa05b03ca0e2e8c790ecdf1c655b90c8ea3dc04c6df54f3aa2d55cac2d37c24bbbb999aa88b188bbc5ca06b1215e0d031fb57085ee439a35e367e38f574d8986ca8433e818f9bb34b9b8ec5aaa1b351446edaf3ba648cb9b2e48b33903de9faa5576f21de898b797475c03a49498df5154c484c1344ae4d5491adfdc29638f8e4a0ff70ac408e0b6bea13",
            Convert.ToHexStringLower(box));
        Assert.Equal(message, SecretBox.Open(box, Nonce, Key));
    }

    [Fact]
    public void A_box_that_was_changed_anywhere_does_not_open()
    {
        var box = SecretBox.Seal("hello"u8, Nonce, Key);
        for (var i = 0; i < box.Length; i++)
        {
            var changed = (byte[])box.Clone();
            changed[i] ^= 1;
            Assert.Null(SecretBox.Open(changed, Nonce, Key));
        }

        Assert.Null(SecretBox.Open(box.AsSpan(1), Nonce, Key));
        Assert.Null(SecretBox.Open([], Nonce, Key));
    }
}
