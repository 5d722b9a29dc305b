using System.Globalization;
using Microsoft.Build.Framework;
using NixSharp.Images;
using NixSharp.Images.Oci;
using NixSharp.MSBuild.Items;
using NixSharp.Registries;
using NixSharp.Registries.Skopeo;

namespace NixSharp.MSBuild;

/// <summary>Makes an image and pushes it, itself or with skopeo.</summary>
[MSBuildMultiThreadableTask]
public sealed class PushNixImage : NixImageTask
{
    /// <summary>The registry's host, with its port where it has one of its own.</summary>
    [Required]
    public string Registry { get; set; } = "";

    /// <summary><c>native</c> or <c>skopeo</c>.</summary>
    [Required]
    public string Engine { get; set; } = "";

    /// <summary>Whether the registry is talked to in plain HTTP.</summary>
    public bool PlainHttp { get; set; }

    /// <summary>A file with credentials.</summary>
    public string? AuthFile { get; set; }

    /// <summary>The name of the environment variable with the user name.</summary>
    public string? UserNameVariable { get; set; }

    /// <summary>The name of the environment variable with the password.</summary>
    public string? PasswordVariable { get; set; }

    private protected override async Task<IReadOnlyList<NixItem>> UseAsync(ContainerImage image, CancellationToken cancellationToken)
    {
        ImageReference[] references = [.. Tags.Select(tag => ImageReference.Parse($"{Registry}/{Repository}:{tag}"))];
        var credentials = ReadCredentials();
        List<NixItem> items = [];
        foreach (var reference in references)
        {
            var digest = Engine == "skopeo"
                ? await PushWithSkopeoAsync(image, reference, credentials, cancellationToken).ConfigureAwait(false)
                : await PushAsync(image, reference, credentials, cancellationToken).ConfigureAwait(false);
            items.Add(new NixItem(
                reference.ToString(),
                ("Registry", reference.Registry),
                ("Repository", reference.Repository),
                ("Tag", reference.Tag ?? ""),
                ("ManifestDigest", digest.ToString())));
        }

        return items;
    }

    private async Task<OciDigest> PushAsync(ContainerImage image, ImageReference reference, CredentialStore credentials, CancellationToken cancellationToken)
    {
        var options = new PushOptions { PlainHttp = PlainHttp, Credentials = credentials };
        var result = await image.PushAsync(reference, options, cancellationToken).ConfigureAwait(false);
        foreach (var layer in result.Layers)
        {
            Log.LogMessage(MessageImportance.Normal, "{0} {1} {2}", layer.Digest, layer.Size, layer.Outcome);
        }

        Log.LogMessage(
            MessageImportance.High,
            "{0} -> {1}@{2} ({3})",
            Repository,
            reference,
            result.Digest,
            result.Unchanged ? "was there already" : string.Create(CultureInfo.InvariantCulture, $"{result.BytesUploaded} bytes sent"));
        return result.Digest;
    }

    private async Task<OciDigest> PushWithSkopeoAsync(ContainerImage image, ImageReference reference, CredentialStore credentials, CancellationToken cancellationToken)
    {
        var skopeo = new SkopeoClient(new SkopeoOptions
        {
            PlainHttp = PlainHttp,
            Credentials = credentials,
            Log = new InlineProgress<string>(line => Log.LogMessage(MessageImportance.Normal, "{0}", line)),
        });
        var digest = await skopeo.PushAsync(image, reference, cancellationToken: cancellationToken).ConfigureAwait(false);
        Log.LogMessage(MessageImportance.High, "{0} -> {1}@{2} (by skopeo)", Repository, reference, digest);
        return digest;
    }

    private CredentialStore ReadCredentials()
    {
        if (NullIfEmpty(AuthFile) is { } file)
        {
            return CredentialStore.FromFile(PathOf(file));
        }

        return (NullIfEmpty(UserNameVariable), NullIfEmpty(PasswordVariable)) switch
        {
            (null, null) => CredentialStore.Default,
            ({ } user, { } password) => CredentialStore.From(new RegistryCredentials(
                ReadVariable(user, "NixImageUserNameVariable"),
                ReadVariable(password, "NixImagePasswordVariable"))),
            _ => throw new NixConfigurationException(
                NixErrorCodes.CredentialVariableMissing,
                "Only one of NixImageUserNameVariable and NixImagePasswordVariable is set. Set both, or name an auth file with NixImageAuthFile."),
        };
    }

    private static string ReadVariable(string name, string property) =>
        System.Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
            ? value
            : throw new NixConfigurationException(
                NixErrorCodes.CredentialVariableMissing,
                $"The environment variable {name}, which {property} names, is not set. Set it for the build, or name an auth file with NixImageAuthFile.");
}
