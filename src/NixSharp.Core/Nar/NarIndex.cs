using NixSharp.Files;

namespace NixSharp.Nar;

/// <summary>
/// What is in a NAR, and where: single files of a NAR that can be read at any place are opened without reading the
/// rest. Made in one pass over a NAR, or from a listing that somebody else made, which is checked where it is used.
/// </summary>
public sealed class NarIndex
{
    internal NarIndex(NarEntry root, long? narSize)
    {
        Root = root;
        NarSize = narSize;
    }

    /// <summary>The file, folder or symlink that the NAR holds.</summary>
    public NarEntry Root { get; }

    /// <summary>The size of the NAR, in bytes; null where the index was made from a listing.</summary>
    public long? NarSize { get; }

    /// <summary>Indexes the NAR that <paramref name="nar"/> starts with; where that can seek, contents are passed over.</summary>
    /// <exception cref="NixFormatException">The bytes are no canonical NAR.</exception>
    public static NarIndex Read(Stream nar, CancellationToken cancellationToken = default)
    {
        var builder = new NarIndexBuilder();
        var size = NarReader.Read(nar, builder, cancellationToken);
        return new NarIndex(builder.Root!, size);
    }

    /// <summary>An entry by its path, <c>bin/sh</c>; the empty path is the root. Symlinks are not followed.</summary>
    /// <returns>The entry, or null where there is none.</returns>
    public NarEntry? Find(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var entry = Root;
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part != "." && !entry.Entries.TryGetValue(part, out entry!))
            {
                return null;
            }
        }

        return entry;
    }

    /// <summary>An entry by its path; see <see cref="Find"/>.</summary>
    /// <exception cref="NixFormatException">There is none.</exception>
    public NarEntry Get(string path) => Find(path) ?? throw NotFound($"There is no '{path}' in the NAR. 'nixsharp nar ls' shows what there is.");

    /// <summary>Opens a file of a NAR that can seek. One that was opened is good until another place of the NAR is read.</summary>
    /// <param name="nar">The NAR, which starts where the stream does; stays open.</param>
    /// <param name="path">The file's path in the NAR.</param>
    /// <exception cref="NixFormatException">There is no such file, or the NAR has none at the place that the listing tells.</exception>
    public Stream OpenFile(Stream nar, string path)
    {
        ArgumentNullException.ThrowIfNull(nar);
        var entry = Get(path);
        return entry.Type == NarEntryType.Regular
            ? Open(nar, path, entry)
            : throw NotFound($"'{path}' in the NAR is {NameOf(entry.Type)}, not a file. Name a file.");
    }

    /// <summary>Feeds an entry of a NAR that can seek to <paramref name="sink"/>; its own name is left out.</summary>
    /// <exception cref="NixFormatException">There is no such entry, or the NAR has none at the place that the listing tells.</exception>
    public void CopyTo(Stream nar, string path, IFileTreeSink sink, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(nar);
        ArgumentNullException.ThrowIfNull(sink);
        Copy(nar, [], path, Get(path), sink, cancellationToken);
    }

    /// <summary>Unpacks one entry of a NAR that can seek to <paramref name="target"/>, where nothing may be.</summary>
    /// <exception cref="NixFormatException">There is no such entry, or the NAR has none at the place that the listing tells.</exception>
    public Task UnpackAsync(Stream nar, string path, string target, CancellationToken cancellationToken = default) => Task.Run(
        () => StagedTree.Write(target, sink =>
        {
            CopyTo(nar, path, sink, cancellationToken);
            return true;
        }),
        cancellationToken);

    private static void Copy(Stream nar, ReadOnlySpan<byte> name, string path, NarEntry entry, IFileTreeSink sink, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        switch (entry.Type)
        {
            case NarEntryType.Regular:
                using (var contents = Open(nar, path, entry))
                {
                    sink.AddFile(name, entry.IsExecutable, entry.Size, contents);
                }

                break;
            case NarEntryType.Symlink:
                sink.AddSymlink(name, Derivations.ByteText.ToBytes(entry.Target));
                break;
            case NarEntryType.Directory:
                sink.BeginDirectory(name);
                foreach (var (inner, child) in entry.Entries)
                {
                    Copy(nar, Derivations.ByteText.ToBytes(inner), $"{path}/{inner}", child, sink, cancellationToken);
                }

                sink.EndDirectory();
                break;
            default:
                throw Differs(path, "the listing does not say what it is");
        }
    }

    private static NarFileSlice Open(Stream nar, string path, NarEntry file)
    {
        if (file.NarOffset is not { } offset)
        {
            throw Differs(path, "the listing does not say where it starts");
        }

        return NarFileSlice.TryOpen(nar, offset, file.Size) ?? throw Differs(path, $"no file of {file.Size} bytes starts at offset {offset}");
    }

    private static string NameOf(NarEntryType type) => type switch
    {
        NarEntryType.Directory => "a folder",
        NarEntryType.Symlink => "a symlink",
        _ => "of a kind that the listing does not tell",
    };

    private static NixFormatException Differs(string path, string why) =>
        new(NixErrorCodes.InvalidNarListing, $"'{path}' cannot be read from the NAR: {why}. Index the NAR anew.");

    private static NixFormatException NotFound(string message) => new(NixErrorCodes.NarEntryNotFound, message);
}
