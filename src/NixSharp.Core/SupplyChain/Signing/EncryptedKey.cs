using System.Security.Cryptography;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Native;

namespace NixSharp.SupplyChain.Signing;

/// <summary>The private keys of cosign: PKCS#8 in a secretbox whose key is the password, by scrypt; JSON around it.</summary>
internal static class EncryptedKey
{
    public const string Label = "ENCRYPTED SIGSTORE PRIVATE KEY";
    public const string OldLabel = "ENCRYPTED COSIGN PRIVATE KEY";

    private const ulong Cost = 65536;
    private const ulong BlockSize = 8;
    private const int SaltSize = 32;
    private const int MaxSalt = 1024;

    public static byte[] Encrypt(ReadOnlySpan<byte> pkcs8, string password)
    {
        var (salt, nonce) = (RandomNumberGenerator.GetBytes(SaltSize), RandomNumberGenerator.GetBytes(SecretBox.NonceSize));
        var box = SecretBox.Seal(pkcs8, nonce, DeriveKey(password, salt, Cost));
        return ImageJson.Write(new JObject
        {
            ["kdf"] = new JObject
            {
                ["name"] = "scrypt",
                ["params"] = new JObject { ["N"] = Cost, ["r"] = BlockSize, ["p"] = 1 },
                ["salt"] = Convert.ToBase64String(salt),
            },
            ["cipher"] = new JObject { ["name"] = "nacl/secretbox", ["nonce"] = Convert.ToBase64String(nonce) },
            ["ciphertext"] = Convert.ToBase64String(box),
        });
    }

    /// <summary>The PKCS#8 bytes; null, with the reason, where there are none.</summary>
    public static byte[]? Decrypt(ReadOnlySpan<byte> text, string password, out string why)
    {
        why = "it is damaged";
        if (Parse(text) is not { } json ||
            Bytes(json["kdf"], "salt") is not { Length: <= MaxSalt } salt ||
            Bytes(json["cipher"], "nonce") is not { Length: SecretBox.NonceSize } nonce ||
            Bytes(json, "ciphertext") is not { } box)
        {
            return null;
        }

        // The parameters decide on memory and time; these are the ones that cosign has ever used.
        var parameters = json["kdf"].Member("params");
        var cost = parameters.Number("N");
        if (json["kdf"].Text("name") != "scrypt" || json["cipher"].Text("name") != "nacl/secretbox" ||
            cost is not (32768 or 65536 or 131072) || parameters.Number("r") != 8 || parameters.Number("p") != 1)
        {
            why = "it is encrypted in another way than cosign does it";
            return null;
        }

        why = "the password is another one, or the key is damaged";
        return SecretBox.Open(box, nonce, DeriveKey(password, salt, (ulong)cost.Value));
    }

    private static byte[] DeriveKey(string password, byte[] salt, ulong cost)
    {
        var key = new byte[SecretBox.KeySize];
        return Scrypt.TryDerive(Encoding.UTF8.GetBytes(password), salt, cost, BlockSize, parallelism: 1, key)
            ? key
            : throw new NixException(NixErrorCodes.SystemLibraryMissing, "OpenSSL does not offer scrypt, which encrypted keys need. Check its version (3 or later) and its configuration.");
    }

    private static JObject? Parse(ReadOnlySpan<byte> text)
    {
        try
        {
            return ImageJson.Parse(text) as JObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[]? Bytes(JToken? json, string name) => Dsse.Bytes(json.Text(name));
}
