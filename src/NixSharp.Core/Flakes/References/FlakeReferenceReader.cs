using System.Globalization;

namespace NixSharp.Flakes.References;

/// <summary>Makes references of URLs, by the rules of their schemes.</summary>
internal static class FlakeReferenceReader
{
    private static readonly string[] Transports = ["http", "https", "file"];

    public static FlakeReference Read(FlakeUrl url)
    {
        var plus = url.Scheme.IndexOf('+', StringComparison.Ordinal);
        var (application, transport) = plus < 0 ? ("", url.Scheme) : (url.Scheme[..plus], url.Scheme[(plus + 1)..]);
        return (application, transport) switch
        {
            ("", "flake") => ReadIndirect(url.Path.Split('/', StringSplitOptions.RemoveEmptyEntries), url),
            ("", "path") => ReadPath(url),
            ("", "github" or "gitlab" or "sourcehut") => ReadForge(url),
            ("", "git") or ("git", "http" or "https" or "ssh" or "file") => ReadGit(url, transport),
            ("hg", "http" or "https" or "ssh" or "file") => ReadMercurial(url, transport),
            ("" or "tarball" or "file", _) when Transports.Contains(transport) => ReadDownload(url, transport, application),
            _ => throw FlakeReferenceRules.Invalid($"nothing is fetched by the scheme '{url.Scheme}'"),
        };
    }

    public static FlakeReference ReadIndirect(string[] tokens, FlakeUrl? url)
    {
        List<(string, FlakeValue)> attributes = tokens switch
        {
            [var id] => [("id", id)],
            [var id, var rest] when FlakeReferenceRules.IsRevision(rest) => [("id", id), ("rev", Lower(rest))],
            [var id, var rest] => [("id", id), ("ref", rest)],
            [var id, var branch, var commit] when FlakeReferenceRules.IsRevision(commit) => [("id", id), ("ref", branch), ("rev", Lower(commit))],
            [_, _, var other] => throw FlakeReferenceRules.Invalid($"'{other}' is no commit of 40 hexadecimal digits"),
            _ => throw FlakeReferenceRules.Invalid("a name of the registry has at most a branch and a commit after it"),
        };
        AddDirectory(attributes, url);
        return new FlakeReference(FlakeReferenceType.Indirect, attributes);
    }

    /// <summary>Reads an absolute path that is no URL: any character may be in it, but a question mark begins the query.</summary>
    public static FlakeReference ReadPath(string text)
    {
        var question = text.IndexOf('?', StringComparison.Ordinal);
        var url = new FlakeUrl("path", null, question < 0 ? text : text[..question]);
        return question < 0 || FlakeUrl.TryParseQuery(text[(question + 1)..], url.Query, out var why) ? ReadPath(url) : throw FlakeReferenceRules.Invalid(why);
    }

    public static FlakeReference ReadPath(FlakeUrl url)
    {
        if (!string.IsNullOrEmpty(url.Authority))
        {
            throw FlakeReferenceRules.Invalid($"a path is on no host, and '{url.Authority}' is given");
        }

        List<(string, FlakeValue)> attributes = [("path", url.Path)];
        AddDirectory(attributes, url);
        foreach (var (name, value) in url.Query)
        {
            attributes.Add((name, name switch
            {
                "rev" or "narHash" => (FlakeValue)value,
                "revCount" or "lastModified" => Number(name, value),
                _ => throw FlakeReferenceRules.Invalid($"a path takes no parameter '{name}'"),
            }));
        }

        return new FlakeReference(FlakeReferenceType.Path, attributes);
    }

    private static FlakeReference ReadForge(FlakeUrl url)
    {
        var tokens = url.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (tokens.Length < 2)
        {
            throw FlakeReferenceRules.Invalid("an owner and a repository are needed, with a slash between them");
        }

        List<(string, FlakeValue)> attributes = [("owner", tokens[0]), ("repo", tokens[1])];
        var given = string.Join('/', tokens[2..]);
        var (branch, commit) = (url.Take("ref"), url.Take("rev"));
        if ((given.Length > 0 ? 1 : 0) + (branch is null ? 0 : 1) + (commit is null ? 0 : 1) > 1)
        {
            throw FlakeReferenceRules.Invalid("a branch, a tag or a commit is given twice");
        }

        if (FlakeReferenceRules.IsRevision(given) && given.Length == 40)
        {
            commit = given;
        }
        else if (given.Length > 0)
        {
            branch = given;
        }

        AddText(attributes, "ref", branch);
        AddText(attributes, "rev", commit is null ? null : Lower(commit));
        AddText(attributes, "host", url.Take("host"));
        AddText(attributes, "narHash", url.Take("narHash"));
        AddDirectory(attributes, url);
        return new FlakeReference(FlakeReferenceTypes.Parse(url.Scheme), attributes);
    }

    private static FlakeReference ReadGit(FlakeUrl url, string transport)
    {
        if (url.Authority is null && transport != "file")
        {
            throw FlakeReferenceRules.Invalid("the URL of a repository has two slashes and a host");
        }

        List<(string, FlakeValue)> attributes = [];
        AddText(attributes, "ref", url.Take("ref"));
        AddText(attributes, "rev", url.Take("rev"));
        foreach (var name in (string[])["keytype", "publicKey", "publicKeys"])
        {
            AddText(attributes, name, url.Take(name));
        }

        foreach (var name in FlakeReferenceRules.GitFlags)
        {
            if (url.Take(name) is { } value)
            {
                attributes.Add((name, value == "1"));
            }
        }

        AddDirectory(attributes, url);
        attributes.Add(("url", PlainUrl(url, transport)));
        return new FlakeReference(FlakeReferenceType.Git, attributes);
    }

    private static FlakeReference ReadMercurial(FlakeUrl url, string transport)
    {
        List<(string, FlakeValue)> attributes = [];
        AddText(attributes, "ref", url.Take("ref"));
        AddText(attributes, "rev", url.Take("rev"));
        AddDirectory(attributes, url);
        attributes.Add(("url", PlainUrl(url, transport)));
        return new FlakeReference(FlakeReferenceType.Mercurial, attributes);
    }

    private static FlakeReference ReadDownload(FlakeUrl url, string transport, string application)
    {
        List<(string, FlakeValue)> attributes = [];
        AddText(attributes, "narHash", url.Take("narHash"));
        AddText(attributes, "rev", url.Take("rev"));
        foreach (var name in (string[])["revCount", "lastModified"])
        {
            if (url.Take(name) is { } value)
            {
                attributes.Add((name, Number(name, value)));
            }
        }

        AddDirectory(attributes, url);
        attributes.Add(("url", PlainUrl(url, transport)));
        return new FlakeReference(application == "file" ? FlakeReferenceType.File : FlakeReferenceType.Tarball, attributes);
    }

    private static string PlainUrl(FlakeUrl url, string transport) =>
        transport == "file" && !string.IsNullOrEmpty(url.Authority)
            ? throw FlakeReferenceRules.Invalid($"a file is on no host, and '{url.Authority}' is given; write three slashes")
            : (url with { Scheme = transport }).ToString();

    private static void AddDirectory(List<(string Name, FlakeValue Value)> attributes, FlakeUrl? url)
    {
        if (url?.Take("dir") is { Length: > 0 } folder)
        {
            attributes.Add(("dir", folder));
        }
    }

    private static void AddText(List<(string Name, FlakeValue Value)> attributes, string name, string? value)
    {
        if (value is not null)
        {
            attributes.Add((name, value));
        }
    }

    private static FlakeValue Number(string name, string value) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw FlakeReferenceRules.Invalid($"'{name}' is '{value}', and a number belongs there");

    private static string Lower(string commit) => commit.ToLowerInvariant();
}
