using System.Globalization;
using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.NarInfos;

/// <summary>Reads one narinfo, as strictly as Nix does and where Nix would guess, more so.</summary>
internal ref struct NarInfoReader(string text, StoreDirectory directory)
{
    private const int MaxSignatures = 1000;

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<string> _signatures = [];
    private int _offset;

    private StorePath? _path;
    private string? _url;
    private string? _compression;
    private NixHash? _fileHash;
    private long? _fileSize;
    private NixHash? _narHash;
    private long? _narSize;
    private List<StorePath>? _references;
    private StorePath? _deriver;
    private string? _system;
    private ContentAddress? _address;

    public NarInfo Read()
    {
        while (_offset < text.Length)
        {
            var length = text.AsSpan(_offset).IndexOf('\n');
            if (length < 0)
            {
                throw Invalid("its last line has no end");
            }

            try
            {
                ReadLine(text.AsSpan(_offset, length));
            }
            catch (NixFormatException error) when (error.Code != NixErrorCodes.InvalidNarInfo)
            {
                throw Invalid(error.Message.TrimEnd('.'), error);
            }

            _offset += length + 1;
        }

        return new NarInfo
        {
            PathInfo = new PathInfo
            {
                Path = _path ?? throw Missing("StorePath"),
                NarHash = _narHash ?? throw Missing("NarHash"),
                NarSize = _narSize ?? throw Missing("NarSize"),
                References = _references ?? [],
                Deriver = _deriver,
                Signatures = _signatures,
                ContentAddress = _address,
                RegistrationTime = DateTimeOffset.UnixEpoch,
            },
            Url = _url ?? throw Missing("URL"),

            // Narinfos are older than the field.
            Compression = _compression is null or "" ? "bzip2" : _compression,
            FileHash = _fileHash,
            FileSize = _fileSize,
            System = _system,
        };
    }

    private void ReadLine(ReadOnlySpan<char> line)
    {
        var colon = line.IndexOf(':');
        if (colon < 0)
        {
            throw Invalid("a line has no colon");
        }

        // Nix skips two characters whatever they are, and so takes a digit off a size that follows at once.
        if (colon + 1 >= line.Length || line[colon + 1] != ' ')
        {
            throw Invalid("a colon is not followed by a space");
        }

        var name = line[..colon];
        var value = line[(colon + 2)..];
        if (name is not ("StorePath" or "URL" or "Compression" or "FileHash" or "FileSize" or "NarHash" or "NarSize" or "References" or "Deriver" or "System" or "Sig" or "CA"))
        {
            return;
        }

        if (name is not "Sig" && !_seen.Add(name.ToString()))
        {
            throw Invalid($"{name} is there twice");
        }

        switch (name)
        {
            case "StorePath":
                _path = StorePath.Parse(value.ToString(), directory);
                break;
            case "URL":
                _url = value.IsEmpty ? throw Invalid("URL is empty") : value.ToString();
                break;
            case "Compression":
                _compression = value.ToString();
                break;
            case "FileHash":
                _fileHash = NixHash.Parse(value);
                break;
            case "FileSize":
                _fileSize = ReadSize(value, "FileSize");
                break;
            case "NarHash":
                _narHash = NixHash.Parse(value);
                if (_narHash.Value.Algorithm != NixHashAlgorithm.Sha256)
                {
                    throw Invalid("NarHash is not a sha256 hash, and no other can be signed");
                }

                break;
            case "NarSize":
                _narSize = ReadSize(value, "NarSize");
                if (_narSize == 0)
                {
                    throw Invalid("NarSize is zero");
                }

                break;
            case "References":
                _references = ReadReferences(value);
                break;
            case "Deriver":
                _deriver = value is "unknown-deriver" ? null : StorePath.ParseBaseName(value.ToString(), directory);
                break;
            case "System":
                _system = value.ToString();
                break;
            case "CA":
                _address = value.IsEmpty ? null : ContentAddress.Parse(value.ToString());
                break;
            default:
                if (value.ToString() is var signature && !_signatures.Contains(signature))
                {
                    _signatures.Add(_signatures.Count < MaxSignatures ? signature : throw Invalid($"it has more than {MaxSignatures} signatures"));
                }

                break;
        }
    }

    private readonly List<StorePath> ReadReferences(ReadOnlySpan<char> value)
    {
        var paths = new SortedSet<StorePath>();
        foreach (var range in value.Split(' '))
        {
            if (!value[range].IsEmpty)
            {
                paths.Add(StorePath.ParseBaseName(value[range].ToString(), directory));
            }
        }

        return [.. paths];
    }

    private readonly long ReadSize(ReadOnlySpan<char> value, string name) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? size
            : throw Invalid($"{name} is not a number of bytes");

    private readonly NixFormatException Missing(string name) => Invalid($"it has no {name}");

    private readonly NixFormatException Invalid(string why, Exception? inner = null) => new(
        NixErrorCodes.InvalidNarInfo,
        $"The narinfo{(_path is { } path ? $" of {path}" : "")} cannot be read: {why}. Check what wrote it, and that it is whole.",
        _offset,
        inner);
}
