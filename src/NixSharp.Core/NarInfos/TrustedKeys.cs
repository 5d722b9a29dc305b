using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.NarInfos;

/// <summary>The public keys whose signatures count.</summary>
public sealed class TrustedKeys
{
    private readonly Dictionary<string, PublicKey> _keys;

    /// <summary>Takes keys; the last of those with the same name counts, as in Nix.</summary>
    public TrustedKeys(IEnumerable<PublicKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        _keys = new(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            _keys[key.Name] = key;
        }
    }

    /// <summary>No keys: nothing but content-addressed paths is trusted.</summary>
    public static TrustedKeys None { get; } = new([]);

    /// <summary>The keys, in no order.</summary>
    public IReadOnlyCollection<PublicKey> Keys => _keys.Values;

    /// <summary>Reads keys with white space between them, the value of <c>trusted-public-keys</c>.</summary>
    /// <exception cref="NixFormatException">One of them is no public key.</exception>
    public static TrustedKeys Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new TrustedKeys(text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(PublicKey.Parse));
    }

    /// <summary>
    /// Whether a path's own name proves its contents, so that no signature is needed: its content address and its
    /// references give that very path. Whoever takes the files in still has to hash them against the content address, as
    /// the stores here do; where that is the hash of the NAR, it is compared here.
    /// </summary>
    public static bool IsContentAddressed(PathInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        if (info.ContentAddress is not { } address || address.AddressMethod == ContentAddressMethod.Git)
        {
            // Most releases of Nix do not hash as Git does, and would not notice other files.
            return false;
        }

        var others = info.References.Where(reference => reference != info.Path).ToList();
        var refersToItself = others.Count < info.References.Count;
        if (address is { AddressMethod: ContentAddressMethod.Nar, Hash.Algorithm: NixHashAlgorithm.Sha256 } && !refersToItself && address.Hash != info.NarHash)
        {
            return false;
        }

        try
        {
            return StorePath.FromContentAddress(info.Path.Name, address, others, refersToItself, info.Path.Directory) == info.Path;
        }
        catch (NixFormatException)
        {
            // The address leaves no room for the references.
            return false;
        }
    }

    /// <summary>The signatures of a path that trusted keys have made; one a key.</summary>
    /// <exception cref="NixException">OpenSSL is missing.</exception>
    public IReadOnlyList<Signature> Verify(PathInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        return Verify(info.Signatures, () => Fingerprint.Of(info));
    }

    /// <summary>The signatures of a realisation that trusted keys have made; one a key.</summary>
    /// <exception cref="NixException">OpenSSL is missing.</exception>
    public IReadOnlyList<Signature> Verify(Realisation realisation)
    {
        ArgumentNullException.ThrowIfNull(realisation);
        return Verify(realisation.Signatures, () => Fingerprint.Of(realisation));
    }

    /// <summary>The signatures of an entry of the build trace that trusted keys have made; one a key.</summary>
    /// <exception cref="NixException">OpenSSL is missing.</exception>
    public IReadOnlyList<Signature> Verify(BuildTraceEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return Verify(entry.Signatures, () => Fingerprint.Of(entry));
    }

    /// <summary>Whether a path may be taken from a stranger: it is content-addressed, or a trusted key has signed it.</summary>
    /// <exception cref="NixException">OpenSSL is missing.</exception>
    public bool Trusts(PathInfo info) => IsContentAddressed(info) || Verify(info).Count > 0;

    private List<Signature> Verify(IReadOnlyList<string> signatures, Func<string> fingerprint)
    {
        var valid = new Dictionary<string, Signature>(StringComparer.Ordinal);
        var message = new Lazy<byte[]>(() => KeyText.ToBytes(fingerprint()));
        foreach (var text in signatures)
        {
            // What is no signature proves nothing, and does no harm either.
            if (Signature.TryParse(text, out var signature) &&
                !valid.ContainsKey(signature.KeyName) &&
                _keys.TryGetValue(signature.KeyName, out var key) &&
                key.Verify(message.Value, signature))
            {
                valid.Add(signature.KeyName, signature);
            }
        }

        return [.. valid.Values];
    }
}
