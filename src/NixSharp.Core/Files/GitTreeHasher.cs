using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using NixSharp.Hashing;

namespace NixSharp.Files;

/// <summary>
/// Hashes a tree as Git does: a blob a file and symlink, a tree a folder, each with its type and size before it. Empty
/// folders, which Git itself leaves out, count as Nix counts them.
/// </summary>
public sealed class GitTreeHasher : IFileTreeSink
{
    private readonly NixHashAlgorithm _algorithm;
    private readonly Stack<(byte[] Name, List<Entry> Entries)> _open = new();

    /// <summary>Hashes by SHA-1, or by SHA-256 as Git's newer object format does.</summary>
    /// <exception cref="NixFormatException">Git has no objects of that hash.</exception>
    public GitTreeHasher(NixHashAlgorithm algorithm)
    {
        _algorithm = algorithm is NixHashAlgorithm.Sha1 or NixHashAlgorithm.Sha256
            ? algorithm
            : throw new NixFormatException(NixErrorCodes.InvalidContentAddress, $"Git hashes with sha1 or sha256, not with {algorithm.GetName()}. Choose one of those.");
    }

    /// <summary>The hash of the root, once the tree was read.</summary>
    public NixHash Hash { get; private set; }

    /// <summary>Whether the root is a folder, or a file that is not executable: Git's hash of a root does not tell those from others.</summary>
    public bool IsUnambiguous { get; private set; }

    /// <inheritdoc/>
    public void AddFile(ReadOnlySpan<byte> name, bool executable, long size, Stream contents)
    {
        ArgumentNullException.ThrowIfNull(contents);
        using var hash = Begin("blob "u8, size);
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            while (contents.Read(buffer) is var count and > 0)
            {
                hash.AppendData(buffer, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        Add(name, executable ? "100755 "u8 : "100644 "u8, hash, isFolder: false, isUnambiguous: !executable);
    }

    /// <inheritdoc/>
    public void AddSymlink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        using var hash = Begin("blob "u8, target.Length);
        hash.AppendData(target);
        Add(name, "120000 "u8, hash, isFolder: false, isUnambiguous: false);
    }

    /// <inheritdoc/>
    public void BeginDirectory(ReadOnlySpan<byte> name) => _open.Push((name.ToArray(), []));

    /// <inheritdoc/>
    public void EndDirectory()
    {
        var (name, entries) = _open.Pop();

        // Git sorts folders as if their names ended in a slash.
        entries.Sort(static (left, right) => left.SortKey.AsSpan().SequenceCompareTo(right.SortKey));
        using var hash = Begin("tree "u8, entries.Sum(static entry => (long)entry.Bytes.Length));
        foreach (var entry in entries)
        {
            hash.AppendData(entry.Bytes);
        }

        Add(name, "40000 "u8, hash, isFolder: true, isUnambiguous: true);
    }

    private IncrementalHash Begin(ReadOnlySpan<byte> type, long size)
    {
        var hash = IncrementalHash.CreateHash(_algorithm.ToHashAlgorithmName());
        Span<byte> digits = stackalloc byte[24];
        Utf8Formatter.TryFormat(size, digits, out var count);
        hash.AppendData(type);
        hash.AppendData(digits[..count]);
        hash.AppendData("\0"u8);
        return hash;
    }

    private void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> mode, IncrementalHash hash, bool isFolder, bool isUnambiguous)
    {
        var digest = hash.GetHashAndReset();
        if (_open.TryPeek(out var folder))
        {
            folder.Entries.Add(new Entry(isFolder ? [.. name, (byte)'/'] : name.ToArray(), [.. mode, .. name, 0, .. digest]));
        }
        else
        {
            (Hash, IsUnambiguous) = (new NixHash(_algorithm, digest), isUnambiguous);
        }
    }

    private readonly record struct Entry(byte[] SortKey, byte[] Bytes);
}
