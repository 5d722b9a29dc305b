using NixSharp.Images.Tar;

namespace NixSharp.Images.Contents;

/// <summary>
/// The folders and symlinks of a base image, and a few of its files. A layer that puts something into a folder has to
/// name the folder as it is there: with another mode it would change it, and in place of a symlink, such as <c>/bin</c>
/// often is, it would hide all that the base has behind it.
/// </summary>
internal sealed class BaseRoot
{
    private const int MaxLinks = 40;
    private const int MaxFileSize = 1024 * 1024;

    private readonly BaseNode _root = new();
    private readonly IReadOnlySet<string> _wanted;

    private BaseRoot(IReadOnlySet<string> wanted)
    {
        _wanted = wanted;
    }

    /// <summary>Of an image that has no base.</summary>
    public static BaseRoot Empty { get; } = new(new HashSet<string>());

    /// <summary>Reads all layers of <paramref name="image"/>.</summary>
    /// <param name="image">The base image.</param>
    /// <param name="wanted">The files whose contents are kept, by their paths without a slash at the start.</param>
    /// <param name="limits">What a layer may have.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="ImageException">A layer is damaged, or would get out of its root.</exception>
    public static async Task<BaseRoot> ReadAsync(BaseImage image, IReadOnlySet<string> wanted, ImageLimits limits, CancellationToken cancellationToken)
    {
        var root = new BaseRoot(wanted);
        for (var layer = 0; layer < image.Layers.Count; layer++)
        {
            var number = layer;
            await LayerEntryReader.ReadAsync(image.Layers[layer], limits, (entry, reader) => root.Add(entry, reader, number), cancellationToken).ConfigureAwait(false);
        }

        return root;
    }

    /// <summary>The path that leads to the same place without symlinks of the base; its last part stays as it is unless <paramref name="follow"/>.</summary>
    /// <exception cref="ImageException">Symlinks lead in a circle.</exception>
    public string Resolve(string path, bool follow)
    {
        var rest = new Stack<string>(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        var done = new List<string>();
        var links = 0;
        while (rest.TryPop(out var part))
        {
            if (part == "..")
            {
                done = done.Count > 0 ? done[..^1] : done;
                continue;
            }

            if (part == ".")
            {
                continue;
            }

            done.Add(part);
            if ((rest.Count == 0 && !follow) || Find(done)?.Link is not { } link)
            {
                continue;
            }

            if (++links > MaxLinks)
            {
                throw new ImageException(NixErrorCodes.InvalidImage, $"'{path}' cannot be placed: symlinks of the base image lead in a circle there. Choose another place, or another base.");
            }

            done = link.StartsWith('/') ? [] : done[..^1];
            foreach (var step in link.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
            {
                rest.Push(step);
            }
        }

        return $"/{string.Join('/', done)}";
    }

    /// <summary>What a folder of the base has for mode and owner; null where there is none.</summary>
    public TarAttributes? AttributesOf(string folder) => Find(folder.Split('/', StringSplitOptions.RemoveEmptyEntries))?.Attributes;

    /// <summary>The contents of a file that was wanted; null where there is none.</summary>
    public byte[]? Read(string path) => Find(Resolve(path, follow: true).Split('/', StringSplitOptions.RemoveEmptyEntries))?.Contents;

    private void Add(LayerEntry entry, LayerEntryReader reader, int layer)
    {
        var parts = entry.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        switch (entry.Kind)
        {
            case LayerEntryKind.Whiteout when parts.Length > 0:
                Find(parts[..^1])?.Children.Remove(parts[^1]);
                break;
            case LayerEntryKind.OpaqueWhiteout:
                Find(parts)?.ForgetBelow(layer);
                break;
            case LayerEntryKind.Directory:
                var folder = Ensure(parts, layer);
                folder.Attributes = new TarAttributes(entry.Entry.Mode, entry.Entry.Owner, entry.Entry.Group);
                break;
            case LayerEntryKind.Symlink when parts.Length > 0:
                Replace(parts, layer).Link = entry.Link;
                break;
            case LayerEntryKind.HardLink when parts.Length > 0 && Find(entry.Link.Split('/')) is { Contents: { } shared } && _wanted.Contains(entry.Path):
                Replace(parts, layer).Contents = shared;
                break;
            case LayerEntryKind.File when _wanted.Contains(entry.Path):
                Replace(parts, layer).Contents = reader.ReadContents(entry, MaxFileSize);
                break;
            default:
                // Files are of no interest but for what they take the place of.
                if (parts.Length > 0)
                {
                    Find(parts[..^1])?.Children.Remove(parts[^1]);
                }

                break;
        }
    }

    private BaseNode? Find(IReadOnlyList<string> parts)
    {
        var node = _root;
        foreach (var part in parts)
        {
            if (!node.Children.TryGetValue(part, out var child))
            {
                return null;
            }

            node = child;
        }

        return node;
    }

    /// <summary>The folder at a path, made where there is something else or nothing.</summary>
    private BaseNode Ensure(ReadOnlySpan<string> parts, int layer)
    {
        var node = _root;
        foreach (var part in parts)
        {
            if (!node.Children.TryGetValue(part, out var child) || child.Link is not null || child.Contents is not null)
            {
                child = node.Children[part] = new BaseNode();
            }

            child.Layer = layer;
            node = child;
        }

        return node;
    }

    private BaseNode Replace(string[] parts, int layer)
    {
        var folder = Ensure(parts.AsSpan(0, parts.Length - 1), layer);
        return folder.Children[parts[^1]] = new BaseNode { Layer = layer };
    }
}
