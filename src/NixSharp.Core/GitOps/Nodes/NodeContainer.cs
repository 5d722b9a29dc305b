using NixSharp.Processes;

namespace NixSharp.GitOps.Nodes;

/// <summary>A container that has Nix, for machines that have none.</summary>
public sealed record NodeContainer
{
    // Docker's names for processors.
    private static readonly Dictionary<string, string> Platforms = new()
    {
        ["x86_64-linux"] = "linux/amd64",
        ["aarch64-linux"] = "linux/arm64",
        ["armv7l-linux"] = "linux/arm/v7",
        ["riscv64-linux"] = "linux/riscv64",
    };

    /// <summary>The engine: <c>docker</c>, <c>podman</c>, or a path to one.</summary>
    public string Engine { get; init; } = "docker";

    /// <summary>The image; it has to have <c>nix</c> and <c>sh</c>.</summary>
    public string Image { get; init; } = "docker.io/nixos/nix";

    /// <summary>More arguments for the engine's <c>run</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The command that builds an attribute of a flake, and copies what comes of it to <paramref name="output"/>.</summary>
    /// <param name="repository">The folder that the container sees.</param>
    /// <param name="folder">The folder in it that the flake is in; null where it is the whole.</param>
    /// <param name="attribute">The attribute.</param>
    /// <param name="system">The system that is built for.</param>
    /// <param name="output">A folder.</param>
    /// <param name="log">Gets each line that is printed.</param>
    internal ProcessCommand Build(string repository, string? folder, string attribute, string system, string output, IProgress<string>? log)
    {
        if (!Platforms.TryGetValue(system, out var platform))
        {
            throw new GitOpsException(NixErrorCodes.EmulationMissing, $"Container engines have no platform for {system}. Build on such a machine, or with a remote builder.", repository);
        }

        // System calls of another architecture cannot be filtered by an emulator.
        const string script = """
            set -e
            git config --global --add safe.directory /repo 2>/dev/null || true
            nix --extra-experimental-features "nix-command flakes" --option filter-syscalls false build "$1" --out-link /tmp/image
            cp -rL /tmp/image /output/result
            """;
        return new ProcessCommand(
            Engine,
            [
                "run", "--rm", "--privileged", "--platform", platform,
                "--volume", $"{repository}:/repo:ro", "--volume", $"{output}:/output",
                .. Arguments, Image, "sh", "-c", script.ReplaceLineEndings("\n"), "sh", $"/repo{(folder is null ? "" : "/" + folder)}#{attribute}",
            ])
        {
            ErrorLines = log,
            OutputLines = log,
            InstallHint = "apt install podman (Debian), or see https://docs.docker.com/engine/install",
        };
    }
}
