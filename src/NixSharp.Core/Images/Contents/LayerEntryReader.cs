using NixSharp.Files;
using NixSharp.Images.Tar;
using NixSharp.Stores;

namespace NixSharp.Images.Contents;

/// <summary>
/// Reads the entries of a layer that comes from a stranger, and refuses those by which it would get out of the image's
/// root when somebody unpacks it: <c>..</c>, entries below a symlink of the same layer, hard links to such, devices.
/// A slash at the start of a name means the image's root, as all unpackers take it.
/// </summary>
internal sealed class LayerEntryReader
{
    private const int MaxPathLength = 4095;
    private const string WhiteoutPrefix = ".wh.";
    private const string OpaqueName = ".wh..wh..opq";

    private readonly TarEntryReader _tar;
    private readonly ImageLimits _limits;
    private readonly HashSet<string> _symlinks = new(StringComparer.Ordinal);

    private LayerEntryReader(Stream tar, string location, ImageLimits limits)
    {
        _tar = new TarEntryReader(TarInput.Of(tar), limits, location);
        _limits = limits;
    }

    /// <summary>Hands every entry of a layer to <paramref name="visit"/>; the layer's digest is checked on the way.</summary>
    /// <exception cref="ImageException">The layer is damaged, too large, or would get out of its root.</exception>
    public static Task ReadAsync(IWritableLayer layer, ImageLimits limits, Action<LayerEntry, LayerEntryReader> visit, CancellationToken cancellationToken) => NarPipe.RunAsync(
        (output, stop) => layer.WriteTarToAsync(output, null, stop),
        (input, stop) => Task.Run(
            () =>
            {
                using var limited = new LimitedStream(input, limits.MaxUnpackedSize, layer.Name);
                var reader = new LayerEntryReader(limited, layer.Name, limits);
                while (reader.TryRead(out var entry, stop))
                {
                    visit(entry, reader);
                }

                // To the end, where the digest turns out to be right or wrong.
                limited.CopyTo(Stream.Null);
            },
            stop),
        cancellationToken);

    /// <summary>Reads the contents of the entry that was handed out last.</summary>
    /// <exception cref="ImageException">They are larger than <paramref name="maxSize"/>, or cut off.</exception>
    public byte[] ReadContents(LayerEntry entry, int maxSize) => _tar.ReadContents(entry.Entry, maxSize);

    private bool TryRead(out LayerEntry entry, CancellationToken cancellationToken)
    {
        if (!_tar.TryRead(out var raw, cancellationToken))
        {
            entry = default;
            return false;
        }

        var path = Normalize(raw.Name);
        RefuseBelowSymlink(path);
        var kind = KindOf(raw);
        _symlinks.Remove(path);
        switch (kind)
        {
            case LayerEntryKind.HardLink:
                var target = Normalize(raw.Link);
                RefuseBelowSymlink(target);
                entry = new LayerEntry(kind, path, target, raw);
                return true;
            case LayerEntryKind.Symlink:
                _symlinks.Add(path);
                entry = new LayerEntry(kind, path, raw.Link.Length is > 0 and <= FileNames.MaxTargetLength ? raw.Link : throw _tar.Damaged($"the symlink '{path}' is empty or too long"), raw);
                return true;
            case LayerEntryKind.Device when !_limits.AllowDevices:
                throw _tar.Damaged($"'{path}' is a device, and none are allowed");
        }

        entry = Whiteout(path) ?? new LayerEntry(kind, path, "", raw);
        return true;

        LayerEntry? Whiteout(string path)
        {
            var slash = path.LastIndexOf('/');
            var (folder, name) = (slash < 0 ? "" : path[..slash], path[(slash + 1)..]);
            return name == OpaqueName ? new LayerEntry(LayerEntryKind.OpaqueWhiteout, folder, "", raw)
                : name.StartsWith(WhiteoutPrefix, StringComparison.Ordinal) ? new LayerEntry(LayerEntryKind.Whiteout, Normalize($"{folder}/{name[WhiteoutPrefix.Length..]}"), "", raw)
                : null;
        }
    }

    private LayerEntryKind KindOf(TarEntry entry) => entry.Type switch
    {
        TarEntryType.OldFile when entry.Name.EndsWith('/') => LayerEntryKind.Directory,
        TarEntryType.File or TarEntryType.OldFile or TarEntryType.ContiguousFile => LayerEntryKind.File,
        TarEntryType.HardLink => LayerEntryKind.HardLink,
        TarEntryType.Symlink => LayerEntryKind.Symlink,
        TarEntryType.Directory => LayerEntryKind.Directory,
        TarEntryType.Fifo => LayerEntryKind.Fifo,
        TarEntryType.CharacterDevice or TarEntryType.BlockDevice => LayerEntryKind.Device,
        var other => throw _tar.Damaged($"'{entry.Name}' is an entry of the unknown kind {(int)other}"),
    };

    private string Normalize(string name)
    {
        if (name.Length > MaxPathLength)
        {
            throw _tar.Damaged($"a name has {name.Length} characters, and {MaxPathLength} are allowed");
        }

        var parts = name.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(static part => part != ".").ToList();
        return parts.Contains("..") || name.Contains('\0', StringComparison.Ordinal)
            ? throw _tar.Damaged($"'{name}' leaves the root of the image")
            : string.Join('/', parts);
    }

    private void RefuseBelowSymlink(string path)
    {
        if (_symlinks.Count == 0)
        {
            return;
        }

        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            if (_symlinks.Contains(path[..slash]))
            {
                throw _tar.Damaged($"'{path}' lies below '{path[..slash]}', which is a symlink");
            }
        }
    }
}
