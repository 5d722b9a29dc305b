using System.CommandLine;
using NixSharp.Images;
using NixSharp.Registries;
using NixSharp.Stores;

namespace NixSharp.Tool.Commands;

/// <summary>An image that a command only looks into: on disk, in a registry, or one that store paths would make.</summary>
internal static class ImageOperand
{
    public const string Forms = "oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE, or a name in a registry such as registry.example.org/acme/hello:1.0";

    private const string RegistryPrefix = "docker://";

    private const string AuthFileName = "--authfile";
    private const string PlainHttpName = "--plain-http";

    /// <summary>Whether a text names an image rather than a store path.</summary>
    public static bool IsImage(string text, INixStore store) => !text.StartsWith($"{store.StoreDirectory.Path}/", StringComparison.Ordinal);

    /// <summary>Adds the options for registries to a command that has none.</summary>
    public static void AddOptionsTo(Command command)
    {
        command.Add(new Option<string?>(AuthFileName) { Description = "The file with credentials, in place of those of skopeo, Podman and Docker.", HelpName = "FILE" });
        command.Add(new Option<bool>(PlainHttpName) { Description = "Talk plain HTTP to a registry that is not on this machine." });
    }

    /// <summary>Looks into an image on disk or in a registry, with the options of the command for that.</summary>
    public static async Task<ImageContents> ReadAsync(ParseResult parsed, string text, CancellationToken cancellationToken)
    {
        using var image = await OpenAsync(parsed, text, new OpenOptions(), cancellationToken);
        return ImageContents.Of(image);
    }

    /// <summary>Opens an image on disk or in a registry, with the options of the command for that.</summary>
    public static Task<ContainerImage> OpenAsync(ParseResult parsed, string text, OpenOptions options, CancellationToken cancellationToken)
    {
        if (ImageLocation.TryParse(text, out var location))
        {
            return ContainerImage.OpenAsync(location, options, cancellationToken);
        }

        var reference = ParseReference(text);
        return RegistryImage.OpenAsync(options.Digest is { } digest ? reference.WithDigest(digest) : reference, ReadPullOptions(parsed, options), cancellationToken);
    }

    /// <summary>Reads a name in a registry, with docker:// before it or without.</summary>
    public static ImageReference ParseReference(string text) =>
        ImageReference.Parse(text.StartsWith(RegistryPrefix, StringComparison.Ordinal) ? text[RegistryPrefix.Length..] : text);

    /// <summary>How the command pushes.</summary>
    public static PushOptions ReadPushOptions(ParseResult parsed) => new() { Credentials = ReadCredentials(parsed), PlainHttp = Find<bool>(parsed, PlainHttpName) };

    private static PullOptions ReadPullOptions(ParseResult parsed, OpenOptions options) => new()
    {
        Credentials = ReadCredentials(parsed),
        PlainHttp = Find<bool>(parsed, PlainHttpName),
        Platform = options.Platform,
    };

    private static CredentialStore ReadCredentials(ParseResult parsed) =>
        Find<string?>(parsed, AuthFileName) is { } file ? CredentialStore.FromFile(file) : CredentialStore.Default;

    private static T? Find<T>(ParseResult parsed, string name) =>
        parsed.CommandResult.Command.Options.OfType<Option<T>>().FirstOrDefault(option => option.Name == name) is { } option ? parsed.GetValue(option) : default;
}
