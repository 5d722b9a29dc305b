using System.Globalization;

namespace NixSharp.GitOps.Kubernetes.Csi;

/// <summary>Builders in the cluster for one system: pods with an SSH server and Nix.</summary>
public sealed record CsiBuilderOptions
{
    /// <summary>The system that they build for, such as <c>x86_64-linux</c>; their nodes are chosen by it.</summary>
    public required string System { get; init; }

    /// <summary>An image with <c>sshd</c> and <see cref="Command"/>.</summary>
    public required string Image { get; init; }

    /// <summary>How many there are.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>The name of their set and of its service; null for <c>nix-builders-</c> and the system.</summary>
    public string? Name { get; init; }

    /// <summary>The SSH server in the image; it has to be a full path.</summary>
    public string SshServer { get; init; } = "/bin/sshd";

    /// <summary>What a connection runs: a daemon of Nix's on its standard input and output.</summary>
    public string Command { get; init; } = "nix-daemon --stdio";

    /// <summary>The secret with the server's key, <c>ssh_host_ed25519_key</c> and its <c>.pub</c>.</summary>
    public string HostKeySecret { get; init; } = "nix-builder-host-key";

    /// <summary>The secret with the clients' key, <c>id_ed25519</c> and its <c>.pub</c>.</summary>
    public string ClientKeySecret { get; init; } = "nix-builder-client-key";

    /// <summary>How many derivations each builds at once.</summary>
    public int MaxJobs { get; init; } = 1;

    /// <summary>What they offer to derivations that ask for it, such as <c>kvm</c>.</summary>
    public IReadOnlyList<string> SupportedFeatures { get; init; } = [];

    /// <summary>How much storage each keeps for its store; null for a folder that goes with the pod.</summary>
    public string? StorageSize { get; init; }

    /// <summary>What each needs and may use.</summary>
    public ResourceRequirements Resources { get; init; } = new();

    /// <summary>The name of the set and of its service.</summary>
    internal string ServiceName => Name ?? "nix-builders-" + System.Replace('_', '-');

    /// <summary>Reads <c>SYSTEM=COUNT=IMAGE</c>, such as <c>x86_64-linux=2=registry.example.org/builder:1.0</c>.</summary>
    /// <exception cref="GitOpsException">The text is something else.</exception>
    public static CsiBuilderOptions Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split('=', 3) is [var system, var count, var image] && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var replicas)
            ? new CsiBuilderOptions { System = system, Image = image, Replicas = replicas }
            : throw new GitOpsException(NixErrorCodes.InvalidManifestOptions, $"'{text}' names no builders. Give SYSTEM=COUNT=IMAGE, such as x86_64-linux=2=registry.example.org/builder:1.0.", text);
    }
}
