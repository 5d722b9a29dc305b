using Microsoft.Win32.SafeHandles;

namespace NixSharp.Images.Tar;

/// <summary>Finds the files of a tar archive that lies on disk, without reading their contents.</summary>
internal sealed class TarIndex
{
    private const int MaxLinks = 8;

    private readonly Dictionary<string, TarMember> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);

    private TarIndex()
    {
    }

    /// <summary>Reads every header of <paramref name="archive"/>, which <paramref name="location"/> names in errors.</summary>
    /// <exception cref="ImageException">The archive is damaged, or a name in it leaves its root.</exception>
    public static TarIndex Read(SafeFileHandle archive, string location, ImageLimits limits, CancellationToken cancellationToken)
    {
        var index = new TarIndex();
        var reader = new TarEntryReader(TarInput.Of(archive), limits, location);
        while (reader.TryRead(out var entry, cancellationToken))
        {
            index.Add(entry, reader);
        }

        return index;
    }

    /// <summary>Looks a file up by its name, through links inside the archive.</summary>
    public bool TryFind(string name, out TarMember member)
    {
        for (var links = 0; links < MaxLinks; links++)
        {
            if (_members.TryGetValue(name, out member))
            {
                return true;
            }

            if (!_links.TryGetValue(name, out var target))
            {
                break;
            }

            name = target;
        }

        member = default;
        return false;
    }

    private void Add(TarEntry entry, TarEntryReader reader)
    {
        if (entry.Type is TarEntryType.Directory)
        {
            return;
        }

        var name = Normalize(entry.Name, "", reader);

        // As when unpacking, the last of several files by one name is the one that counts.
        _members.Remove(name);
        _links.Remove(name);
        switch (entry.Type)
        {
            case TarEntryType.File or TarEntryType.OldFile:
                _members[name] = new TarMember(entry.Offset, entry.Size);
                break;
            case TarEntryType.HardLink:
                _links[name] = Normalize(entry.Link, "", reader);
                break;
            case TarEntryType.Symlink:
                _links[name] = Normalize(entry.Link, name[..(name.LastIndexOf('/') + 1)], reader);
                break;
        }
    }

    private static string Normalize(string name, string folder, TarEntryReader reader)
    {
        var parts = new List<string>();
        foreach (var part in (folder + name).Split('/'))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part == "..")
            {
                throw reader.Damaged($"'{name}' leaves the archive");
            }
            else if (part is not ("" or "."))
            {
                parts.Add(part);
            }
        }

        return name.StartsWith('/') ? throw reader.Damaged($"'{name}' leaves the archive") : string.Join('/', parts);
    }
}
