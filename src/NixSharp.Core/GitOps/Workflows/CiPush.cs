namespace NixSharp.GitOps.Workflows;

/// <summary>An image of a flake that a pipeline pushes, tagged <c>sha-</c> and the short commit.</summary>
public sealed record CiPush
{
    /// <summary>What builds the image: an archive, such as of <c>dockerTools</c>, or a program whose closure becomes an image.</summary>
    public string Installable { get; init; } = ".#image";

    /// <summary>The image's name, without tag: <c>quay.io/acme/app</c>.</summary>
    public required string Image { get; init; }

    /// <summary>The secret with the name of the user at the registry.</summary>
    public string UserSecret { get; init; } = "REGISTRY_USERNAME";

    /// <summary>The secret with the password.</summary>
    public string PasswordSecret { get; init; } = "REGISTRY_PASSWORD";

    /// <summary>The registry's host.</summary>
    internal string Registry => Image.Split('/')[0];

    /// <summary>The lines that log in and push.</summary>
    internal string Script =>
        $$"""
        printf %s "$REGISTRY_PASSWORD" | nixsharp image login {{Registry}} --username "$REGISTRY_USERNAME" --password-stdin
        nixsharp image push {{Installable}} {{Image}}:sha-{commit}
        """.ReplaceLineEndings("\n") + "\n";
}
