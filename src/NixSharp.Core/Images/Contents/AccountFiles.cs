using System.Globalization;
using System.Text;

namespace NixSharp.Images.Contents;

/// <summary>The files that name users and groups, with those of the base image in them.</summary>
internal static class AccountFiles
{
    public const string Passwd = "/etc/passwd";
    public const string Group = "/etc/group";

    private const string NameServices = "/etc/nsswitch.conf";

    public static IEnumerable<ImageFile> Make(ImageOptions options, BaseRoot root, bool hasBase)
    {
        if (options.Users.Count + options.Groups.Count == 0)
        {
            yield break;
        }

        ImageUser[] usual = hasBase ? [] :
        [
            new("root", 0) { Home = "/root" },
            new("nobody", 65534) { Home = "/var/empty", Shell = "/bin/false" },
        ];
        var users = usual.Where(user => !options.Users.Any(other => other.Name == user.Name)).Concat(options.Users).ToList();
        var passwd = Lines(root.Read(Passwd));
        foreach (var user in users)
        {
            Set(passwd, user.Name, string.Create(CultureInfo.InvariantCulture, $"{user.Name}:x:{user.Id}:{GroupOf(user)}::{HomeOf(user)}:{user.Shell}"));
        }

        var groups = Lines(root.Read(Group));
        foreach (var group in options.Groups)
        {
            Set(groups, group.Name, string.Create(CultureInfo.InvariantCulture, $"{group.Name}:x:{group.Id}:{string.Join(',', group.Members)}"));
        }

        foreach (var user in users.Where(user => !groups.Exists(line => line.Split(':') is [_, _, var id, ..] && id == GroupOf(user).ToString(CultureInfo.InvariantCulture))))
        {
            Set(groups, user.Name, string.Create(CultureInfo.InvariantCulture, $"{user.Name}:x:{GroupOf(user)}:"));
        }

        yield return ImageFile.FromText(Passwd, $"{string.Join('\n', passwd)}\n");
        yield return ImageFile.FromText(Group, $"{string.Join('\n', groups)}\n");
        if (!hasBase)
        {
            // Without it, C libraries ask services that no container has.
            yield return ImageFile.FromText(NameServices, "hosts: files dns\n");
        }

        foreach (var user in options.Users.Where(user => HomeOf(user) != "/" && root.AttributesOf(HomeOf(user)) is null).DistinctBy(HomeOf))
        {
            yield return ImageFile.Directory(HomeOf(user)) with { Mode = 0x1C0, Owner = user.Id, Group = GroupOf(user) };
        }
    }

    public static string HomeOf(ImageUser user) => user.Home ?? $"/home/{user.Name}";

    private static int GroupOf(ImageUser user) => user.GroupId ?? user.Id;

    private static List<string> Lines(byte[]? file) =>
        [.. Encoding.UTF8.GetString(file ?? []).Split('\n').Select(static line => line.TrimEnd('\r')).Where(static line => line.Length > 0)];

    private static void Set(List<string> lines, string name, string line)
    {
        var index = lines.FindIndex(other => other.StartsWith($"{name}:", StringComparison.Ordinal));
        if (index < 0)
        {
            lines.Add(line);
        }
        else
        {
            lines[index] = line;
        }
    }
}
