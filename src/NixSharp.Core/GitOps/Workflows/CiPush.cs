namespace NixSharp.GitOps.Workflows;

/// <summary>An image of a flake that a pipeline pushes, tagged <c>sha-</c> and the short commit.</summary>
public sealed record CiPush
{
    /// <summary>What builds the image: a docker archive, such as of <c>dockerTools</c>, or a store path that becomes an image itself.</summary>
    public string Installable { get; init; } = ".#image";

    /// <summary>Whether it is a docker archive; else the image is made of the closure.</summary>
    public bool IsArchive { get; init; } = true;

    /// <summary>The image's name, without tag: <c>quay.io/acme/app</c>.</summary>
    public required string Image { get; init; }

    /// <summary>The secret with the name of the user at the registry.</summary>
    public string UserSecret { get; init; } = "REGISTRY_USERNAME";

    /// <summary>The secret with the password.</summary>
    public string PasswordSecret { get; init; } = "REGISTRY_PASSWORD";

    /// <summary>The registry's host.</summary>
    internal string Registry => Image.Split('/')[0];

    /// <summary>The lines that log in and push; <paramref name="commit"/> is what the short commit stands in.</summary>
    internal string Script(string commit) =>
        $"""
        nixsharp build {Installable} -o result
        printf %s "$REGISTRY_PASSWORD" | nixsharp image login {Registry} --username "$REGISTRY_USERNAME" --password-stdin
        nixsharp image push {(IsArchive ? "docker-archive:result" : "\"$(readlink -f result)\"")} {Image}:sha-{commit}
        """.ReplaceLineEndings("\n") + "\n";
}
