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
        using var image = ImageLocation.TryParse(text, out var location)
            ? await ContainerImage.OpenAsync(location, null, cancellationToken)
            : await RegistryImage.OpenAsync(
                text.StartsWith(RegistryPrefix, StringComparison.Ordinal) ? text[RegistryPrefix.Length..] : text,
                new PullOptions
                {
                    Credentials = Find<string?>(parsed, AuthFileName) is { } file ? CredentialStore.FromFile(file) : CredentialStore.Default,
                    PlainHttp = Find<bool>(parsed, PlainHttpName),
                },
                cancellationToken);
        return ImageContents.Of(image);
    }

    private static T? Find<T>(ParseResult parsed, string name) =>
        parsed.CommandResult.Command.Options.OfType<Option<T>>().FirstOrDefault(option => option.Name == name) is { } option ? parsed.GetValue(option) : default;
}
