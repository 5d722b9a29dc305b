using System.CommandLine;
using NixSharp.Images;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Tool.Commands;

/// <summary>The options that say what is in an image beside the store.</summary>
internal sealed class ImageContentOptions
{
    private readonly Option<string[]> _files = ImageOptionSet.Pairs("--file", "TARGET=SOURCE", "A file or folder that is placed at TARGET, an absolute path in the image.");
    private readonly Option<string[]> _symlinks = ImageOptionSet.Pairs("--symlink", "TARGET=LINK", "A symlink at TARGET that points to LINK.");
    private readonly Option<string[]> _folders = ImageOptionSet.Repeatable("--directory", "TARGET[=MODE]", "An empty folder.");
    private readonly Option<string[]> _rootLinks = ImageOptionSet.Repeatable("--link-root", "PATH", "A store path whose files appear in the root: /bin/hello for its bin/hello.");
    private readonly Option<string[]> _users = ImageOptionSet.Repeatable("--add-user", "NAME:UID[:GID[:HOME[:SHELL]]]", "A user in /etc/passwd.");
    private readonly Option<string[]> _groups = ImageOptionSet.Repeatable("--add-group", "NAME:GID[:MEMBER,...]", "A group in /etc/group.");
    private readonly Option<string[]> _modes = ImageOptionSet.Pairs("--chmod", "PATTERN=MODE", "The mode of files, of store paths too; in patterns, * is a part of a name and ** are several names.");
    private readonly Option<string[]> _owners = ImageOptionSet.Pairs("--chown", "PATTERN=UID[:GID]", "The owner of files, likewise.");
    private readonly Option<bool> _temporary = new("--tmp") { Description = "Have a /tmp and a /var/tmp in which everybody may write." };
    private readonly Option<string?> _certificates = new("--certificates") { Description = "Authorities that programs trust: a PEM file, a store path that has them, or 'host'.", HelpName = "PATH" };
    private readonly Option<string?> _timeZones = new("--time-zones") { Description = "Time zones: a folder of them, a store path that has them, or 'host'.", HelpName = "PATH" };
    private readonly Option<bool> _database = new("--database") { Description = "Have Nix's database of the store paths in the image, so that Nix works in containers." };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_files, _symlinks, _folders, _rootLinks, _users, _groups, _modes, _owners, _temporary, _certificates, _timeZones, _database])
        {
            command.Add(option);
        }
    }

    public ImageOptions Apply(ParseResult parsed, INixStore store, ImageOptions options) => options with
    {
        Files =
        [
            .. ImageOptionSet.Split(parsed.GetValue(_files)).Select(static file => ImageFile.FromPath(file.Key, file.Value)),
            .. ImageOptionSet.Split(parsed.GetValue(_symlinks)).Select(static link => ImageFile.Symlink(link.Key, link.Value)),
            .. (parsed.GetValue(_folders) ?? []).Select(static text => text.Split('=', 2)).Select(static parts =>
                ImageFile.Directory(parts[0]) with { Mode = parts.Length > 1 ? FileRule.ParseMode(parts[1]) : null }),
        ],
        RootLinks = [.. (parsed.GetValue(_rootLinks) ?? []).Select(text => StorePath.Parse(text, store.StoreDirectory))],
        Users = [.. (parsed.GetValue(_users) ?? []).Select(ImageUser.Parse)],
        Groups = [.. (parsed.GetValue(_groups) ?? []).Select(ImageGroup.Parse)],
        FileRules =
        [
            .. ImageOptionSet.Split(parsed.GetValue(_modes)).Select(static rule => FileRule.For(rule.Key) with { Mode = FileRule.ParseMode(rule.Value) }),
            .. ImageOptionSet.Split(parsed.GetValue(_owners)).Select(static rule => FileRule.For(rule.Key).WithOwner(rule.Value)),
        ],
        HasTemporaryFolders = parsed.GetValue(_temporary),
        Certificates = FullPath(parsed.GetValue(_certificates)),
        TimeZones = FullPath(parsed.GetValue(_timeZones)),
        HasDatabase = parsed.GetValue(_database),
    };

    private static string? FullPath(string? path) => path is null or ImageOptions.FromHost ? path : Path.GetFullPath(path);
}
