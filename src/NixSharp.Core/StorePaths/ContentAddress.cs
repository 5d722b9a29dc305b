using NixSharp.Hashing;

namespace NixSharp.StorePaths;

/// <summary>
/// What a content-addressed store object's path was made from: <c>text:sha256:...</c>, <c>fixed:sha256:...</c>
/// (flat), <c>fixed:r:sha256:...</c> (NAR) or <c>fixed:git:sha1:...</c> (Git's objects), the <c>ca</c> of Nix's database and narinfos.
/// </summary>
public readonly record struct ContentAddress
{
    private ContentAddress(bool isText, FileIngestionMethod method, NixHash hash)
    {
        IsText = isText;
        Method = method;
        Hash = hash;
    }

    /// <summary>Whether this is text, which may have references and is always flat SHA-256.</summary>
    public bool IsText { get; }

    /// <summary>How the files became bytes.</summary>
    public FileIngestionMethod Method { get; }

    /// <summary>The hash of those bytes.</summary>
    public NixHash Hash { get; }

    /// <summary>The same as <see cref="IsText"/> and <see cref="Method"/>, in one word.</summary>
    public ContentAddressMethod AddressMethod => IsText ? ContentAddressMethod.Text : Method switch
    {
        FileIngestionMethod.Recursive => ContentAddressMethod.Nar,
        FileIngestionMethod.Git => ContentAddressMethod.Git,
        _ => ContentAddressMethod.Flat,
    };

    /// <summary>The content address of text.</summary>
    public static ContentAddress Text(NixHash hash) => hash.Algorithm == NixHashAlgorithm.Sha256
        ? new ContentAddress(true, FileIngestionMethod.Flat, hash)
        : throw new NixFormatException(NixErrorCodes.InvalidContentAddress, $"Text is addressed by sha256, not by {hash.Algorithm.GetName()}.");

    /// <summary>The content address of files.</summary>
    public static ContentAddress Fixed(FileIngestionMethod method, NixHash hash) => new(false, method, hash);

    /// <summary>The content address of what became bytes by <paramref name="method"/>.</summary>
    /// <exception cref="NixFormatException">The method is text, and the hash is not SHA-256.</exception>
    public static ContentAddress Of(ContentAddressMethod method, NixHash hash) => method switch
    {
        ContentAddressMethod.Text => Text(hash),
        ContentAddressMethod.Nar => Fixed(FileIngestionMethod.Recursive, hash),
        ContentAddressMethod.Git => Fixed(FileIngestionMethod.Git, hash),
        _ => Fixed(FileIngestionMethod.Flat, hash),
    };

    /// <summary>Reads the form that <see cref="ToString"/> writes.</summary>
    /// <exception cref="NixFormatException">The text is no content address.</exception>
    public static ContentAddress Parse(string text) => TryParse(text, out var address)
        ? address
        : throw new NixFormatException(
            NixErrorCodes.InvalidContentAddress,
            $"'{text}' is not a content address: it should look like text:sha256:..., fixed:sha256:..., fixed:r:sha256:... or fixed:git:sha1:...");

    /// <summary>Reads a content address; false where <see cref="Parse"/> would throw.</summary>
    public static bool TryParse(string? text, out ContentAddress address)
    {
        address = default;
        var rest = text.AsSpan();
        var isText = rest.StartsWith("text:");
        if (!isText && !rest.StartsWith("fixed:"))
        {
            return false;
        }

        rest = rest[(isText ? 5 : 6)..];
        var method = FileIngestionMethod.Flat;
        if (!isText && rest.StartsWith("r:"))
        {
            method = FileIngestionMethod.Recursive;
            rest = rest[2..];
        }
        else if (!isText && rest.StartsWith("git:"))
        {
            method = FileIngestionMethod.Git;
            rest = rest[4..];
        }

        if (!rest.Contains(':') || !NixHash.TryParse(rest, out var hash) || (isText && hash.Algorithm != NixHashAlgorithm.Sha256))
        {
            return false;
        }

        address = new ContentAddress(isText, method, hash);
        return true;
    }

    /// <summary>Nix's own form, with the hash in base 32.</summary>
    public override string ToString() =>
        $"{(IsText ? "text:" : $"fixed:{AddressMethod.GetPrefix()}")}{Hash.ToString(HashFormat.Nix32)}";
}
