using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using NixSharp.Closures;
using NixSharp.Images.Contents;
using NixSharp.Images.Oci;
using NixSharp.Images.Tar;

namespace NixSharp.Images;

/// <summary>Refuses options that no image can have, before anything is made.</summary>
internal static partial class ImageOptionsCheck
{
    private const int MaxMode = 0xFFF; // 07777

    // Tar's headers hold seven octal digits.
    public const int MaxId = 0x1FFFFF;

    /// <exception cref="ImageException">An option is wrong; the message says which, and why.</exception>
    public static void Check(Closure closure, ImageOptions options, BaseImage? below)
    {
        foreach (var argument in options.Entrypoint.Concat(options.Command))
        {
            Require(argument is "" || ImagePaths.IsText(argument), $"The argument '{argument}' of the entry point or command contains a NUL or is no Unicode text.");
        }

        Require(options.Entrypoint is not ["", ..], "The entry point is empty. Name the program that the image runs, or leave the entry point out.");
        CheckEnvironment(options);
        CheckKeys("label", options.Labels);
        CheckKeys("annotation", options.Annotations);
        foreach (var port in options.ExposedPorts)
        {
            NormalizePort(port);
        }

        CheckPath("working directory", options.WorkingDirectory);
        foreach (var volume in options.Volumes)
        {
            CheckPath("volume", volume);
        }

        Require(options.User is null || User().IsMatch(options.User), $"'{options.User}' is not a user. Give 'user', 'uid', 'user:group' or 'uid:gid'.");
        Require(options.StopSignal is null || Signal().IsMatch(options.StopSignal), $"'{options.StopSignal}' is not a signal. Give a name such as SIGTERM, or a number.");
        Require(PlatformName().IsMatch(options.Architecture), $"'{options.Architecture}' is not an architecture. Give one of Go's names, such as amd64 or arm64.");
        Require(PlatformName().IsMatch(options.OperatingSystem), $"'{options.OperatingSystem}' is not an operating system. Give one of Go's names, such as linux.");
        Require(options.Variant is null || PlatformName().IsMatch(options.Variant), $"'{options.Variant}' is not a variant of a processor. Give one of Go's names, such as v7.");
        CheckHealth(options.HealthCheck);
        CheckPlatform(options, below);
        Require(options.Author is null || ImagePaths.IsText(options.Author), "The author is empty, contains a NUL or is no Unicode text.");
        var hasFiles = !RootFiles.AreEmpty(options);
        var least = (below?.Layers.Count ?? 0) + (hasFiles ? 1 : 0) + (options.HasDatabase ? 1 : 0) + (closure.Paths.Count > 0 ? 1 : 0);
        Require(
            options.MaxLayers >= least && options.MaxLayers <= ImageOptions.MaxLayersLimit,
            $"An image cannot have {Number(options.MaxLayers)} layers{(below is null ? "" : $", of which {below.Layers.Count} are the base image's")}. Choose from {Number(least)} to {Number(ImageOptions.MaxLayersLimit)}.");
        Require(below is not null || closure.Paths.Count > 0 || hasFiles, "The closure is empty and there are no files, so there is nothing to make an image of.");
        CheckFiles(closure, options.Files);
        CheckContents(closure, options);
        foreach (var rule in options.FileRules)
        {
            Require(WhyNot(rule) is null, $"A rule cannot be: {WhyNot(rule)}.");
        }
    }

    /// <summary>Writes a port as <c>number/protocol</c>.</summary>
    public static string NormalizePort(string port)
    {
        var match = Port().Match(port ?? "");
        Require(
            match.Success && int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) is >= 1 and <= 65535,
            $"'{port}' is not a port. Give a number from 1 to 65535, alone or with a protocol: 8080, 8080/tcp, 53/udp.");
        return match.Groups[2].Success ? port! : $"{port}/tcp";
    }

    /// <summary>Says what is wrong with a rule; null where nothing is.</summary>
    public static string? WhyNot(FileRule rule) =>
        rule.Mode is < 0 or > MaxMode || rule.AddedMode is < 0 or > MaxMode ? $"the mode for '{rule.Pattern}' is outside 0 to 07777"
        : rule.Owner is < 0 or > MaxId || rule.Group is < 0 or > MaxId ? $"the owner and group for '{rule.Pattern}' have to be from 0 to {Number(MaxId)}"
        : IsOwnerName(rule.OwnerName) && IsOwnerName(rule.GroupName) ? null
        : $"the names of owner and group for '{rule.Pattern}' have to be ASCII of up to {TarHeader.MaxOwnerLength} characters";

    private static bool IsOwnerName(string? name) => name is null || (name.Length <= TarHeader.MaxOwnerLength && Ascii.IsValid(name));

    private static void CheckHealth(HealthCheck? check)
    {
        foreach (var argument in check?.Test ?? [])
        {
            Require(argument is "" || ImagePaths.IsText(argument), $"The argument '{argument}' of the health check contains a NUL or is no Unicode text.");
        }

        foreach (var time in (TimeSpan?[])[check?.Interval, check?.Timeout, check?.StartPeriod])
        {
            Require(time is null || time >= TimeSpan.FromMilliseconds(1), $"A time of the health check is {time}. Give at least a millisecond, or leave it out.");
        }

        Require(check?.Retries is null or > 0, "A health check needs at least one failure to fail. Give a number of retries above 0, or leave it out.");
    }

    private static void CheckPlatform(ImageOptions options, BaseImage? below)
    {
        var wanted = new OciPlatform(options.OperatingSystem, options.Architecture, options.Variant);
        if (below is not null && wanted.Suits(below.Platform) is null)
        {
            throw new ImageException(
                NixErrorCodes.WrongPlatform,
                $"The base image is for {below.Platform}, and the image is to be for {wanted}. Choose the base for that platform, or say that the image is for {below.Platform}.");
        }
    }

    private static void CheckEnvironment(ImageOptions options)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in options.Environment)
        {
            Require(name is not null && ImagePaths.IsText(name) && !name.Contains('='), $"'{name}' is not the name of an environment variable: it may not be empty, nor contain '=' or a NUL.");
            Require(value is "" || (value is not null && ImagePaths.IsText(value)), $"The value of the environment variable {name} contains a NUL or is no Unicode text.");
            Require(names.Add(name!), $"The environment variable {name} is given twice. Leave one of them out.");
        }
    }

    private static void CheckKeys(string kind, IReadOnlyDictionary<string, string> entries)
    {
        foreach (var (key, value) in entries)
        {
            Require(ImagePaths.IsText(key), $"A {kind} has an empty key, or one that contains a NUL or is no Unicode text.");
            Require(value is "" || (value is not null && ImagePaths.IsText(value)), $"The value of the {kind} {key} contains a NUL or is no Unicode text.");
        }
    }

    private static void CheckPath(string kind, string? path) => Require(
        path is null || ImagePaths.WhyNot(path) is null,
        $"'{path}' cannot be a {kind}: {ImagePaths.WhyNot(path ?? "")}. Give an absolute path such as /data.");

    private static void CheckContents(Closure closure, ImageOptions options)
    {
        Require(!options.HasDatabase || closure.Paths.Count > 0, "There are no store paths of which the image could have a database. Leave the database out.");
        foreach (var package in options.RootLinks)
        {
            Require(closure.Contains(package), $"The files of {package} cannot appear in the root of the image, because it is not in the closure. Add it to the store paths of the image.");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var user in options.Users)
        {
            Require(AccountName().IsMatch(user.Name), $"'{user.Name}' is not the name of a user. Use small letters, digits, '-' and '_', up to 32 characters.");
            Require(names.Add(user.Name), $"The user {user.Name} is given twice. Leave one of them out.");
            Require(user.Id is >= 0 and <= MaxId && user.GroupId is null or (>= 0 and <= MaxId), $"The numbers of the user {user.Name} have to be from 0 to {Number(MaxId)}.");
            CheckPath($"home of {user.Name}", AccountFiles.HomeOf(user));
            CheckPath($"shell of {user.Name}", user.Shell);
            Require(!(AccountFiles.HomeOf(user) + user.Shell).AsSpan().ContainsAny(':', '\n'), $"The home and the shell of the user {user.Name} may not contain a colon or a line break.");
        }

        names.Clear();
        foreach (var group in options.Groups)
        {
            Require(AccountName().IsMatch(group.Name) && group.Members.All(static member => AccountName().IsMatch(member)), $"'{group.Name}' or one of its members is not a name. Use small letters, digits, '-' and '_', up to 32 characters.");
            Require(names.Add(group.Name), $"The group {group.Name} is given twice. Leave one of them out.");
            Require(group.Id is >= 0 and <= MaxId, $"The number of the group {group.Name} has to be from 0 to {Number(MaxId)}.");
        }

        Require(options.Certificates is null or ImageOptions.FromHost || Path.IsPathFullyQualified(options.Certificates), $"'{options.Certificates}' is not where certificates are. Give an absolute path, or '{ImageOptions.FromHost}'.");
        Require(options.TimeZones is null or ImageOptions.FromHost || Path.IsPathFullyQualified(options.TimeZones), $"'{options.TimeZones}' is not where time zones are. Give an absolute path, or '{ImageOptions.FromHost}'.");
    }

    private static void CheckFiles(Closure closure, IReadOnlyList<ImageFile> files)
    {
        var store = closure.Store.StoreDirectory.Path;
        var targets = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            CheckPath("place for a file", file.Target);
            Require(file.Target != "/", "A file cannot take the place of the image's root. Give its name, such as /etc/app.conf.");
            Require(file.Target != store && !file.Target.StartsWith(store + "/", StringComparison.Ordinal), $"'{file.Target}' is in the store directory {store}, where only store paths belong. Add it to the store, or choose another place.");
            Require(!store.StartsWith(file.Target + "/", StringComparison.Ordinal) || file is { Source: null, Contents: null, LinkTarget: null }, $"'{file.Target}' would take the place of a folder that leads to the store. Choose another place.");
            Require(targets.Add(file.Target), $"Two files are to be placed at '{file.Target}'. Leave one of them out.");
            Require(file.Mode is null or (>= 0 and <= MaxMode), $"The mode of '{file.Target}' is outside 0 to 07777.");
            Require(file.Owner is >= 0 and <= MaxId && file.Group is >= 0 and <= MaxId, $"The owner and group of '{file.Target}' have to be from 0 to {Number(MaxId)}.");
            Require(file.LinkTarget is null || ImagePaths.IsText(file.LinkTarget), $"The symlink '{file.Target}' points to something that is no Unicode text.");
        }

        foreach (var file in files)
        {
            foreach (var folder in ImagePaths.AncestorsOf(file.Target))
            {
                Require(
                    files.FirstOrDefault(other => other.Target == folder) is not { } other || (other.Contents is null && other.LinkTarget is null && (other.Source is null || Directory.Exists(other.Source))),
                    $"'{file.Target}' would lie in '{folder}', which is not a folder. Choose another place for one of them.");
            }
        }
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ImageException(NixErrorCodes.InvalidImageOptions, message);
        }
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A([0-9]{1,5})(/(?:tcp|udp|sctp))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Port();

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.$-]*(?::[A-Za-z0-9_][A-Za-z0-9_.$-]*)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex User();

    [GeneratedRegex(@"\A(?:SIG[A-Z0-9]+(?:[+-][0-9]{1,2})?|[1-9][0-9]?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Signal();

    [GeneratedRegex(@"\A[a-z_][a-z0-9_-]{0,31}\z", RegexOptions.CultureInvariant)]
    private static partial Regex AccountName();

    [GeneratedRegex(@"\A[a-z0-9_.]{1,32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlatformName();
}
