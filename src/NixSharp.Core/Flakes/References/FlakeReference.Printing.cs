namespace NixSharp.Flakes.References;

public sealed partial class FlakeReference
{
    /// <summary>
    /// The URL. Attributes that no URL has, such as the time of a commit, are left out, as Nix leaves them out; a host and the
    /// type of a single file are kept, which Nix loses.
    /// </summary>
    public override string ToString()
    {
        var url = Type switch
        {
            FlakeReferenceType.Indirect => new FlakeUrl("flake", null, Join(Id, Ref, Revision)),
            FlakeReferenceType.Path => WithQuery(new FlakeUrl("path", null, Path!), "rev", "narHash", "revCount", "lastModified"),
            FlakeReferenceType.Git => WithQuery(Split("git+"), [.. FlakeReferenceRules.GitFlags, "ref", "rev", "keytype", "publicKey", "publicKeys"]),
            FlakeReferenceType.Mercurial => WithQuery(Split("hg+"), "ref", "rev"),
            FlakeReferenceType.Tarball => WithQuery(Split(""), "narHash"),
            FlakeReferenceType.File => WithQuery(Split("file+"), "narHash"),
            _ => WithQuery(new FlakeUrl(Type.GetName(), null, Join(Owner, Repository, Ref, Revision)), "host", "narHash"),
        };
        if (Directory is { } folder)
        {
            url.Query["dir"] = folder;
        }

        return url.ToString();
    }

    private static string Join(params string?[] parts) => string.Join('/', parts.OfType<string>());

    private FlakeUrl Split(string prefix)
    {
        if (!FlakeUrl.TryParse(Url!, out var url, out _))
        {
            // What is no URL by these rules, such as git@host:path, stands as it is.
            url = new FlakeUrl("", null, Url!);
            return url;
        }

        return url.Scheme == "git" ? url : url with { Scheme = prefix + url.Scheme };
    }

    private FlakeUrl WithQuery(FlakeUrl url, params IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            // Nix writes a flag only where it is set.
            if (Find(name) is { } value && value.Flag != false)
            {
                url.Query[name] = value.ToString();
            }
        }

        return url;
    }
}
