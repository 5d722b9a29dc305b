namespace NixSharp.GitOps.Workflows;

/// <summary>
/// What a CI service does for a flake: check it, build its packages and checks, fill a cache, push an image, deploy.
/// <see cref="GitHubWorkflow"/> and <see cref="GitLabPipeline"/> write it down for their service.
/// </summary>
public sealed record CiPipeline
{
    /// <summary>What it is called.</summary>
    public string Name { get; init; } = "CI";

    /// <summary>The branch that images are pushed and deployments made from.</summary>
    public string Branch { get; init; } = "main";

    /// <summary>The systems that are built for, each with the runner (GitHub) or the tag of runners (GitLab; empty for any) that it is built on.</summary>
    public IReadOnlyDictionary<string, string> Systems { get; init; } = new Dictionary<string, string> { ["x86_64-linux"] = "ubuntu-latest" };

    /// <summary>Where results are kept for others to fetch; null for nowhere.</summary>
    public CiCache? Cache { get; init; }

    /// <summary>The image that is pushed; null for none.</summary>
    public CiPush? Push { get; init; }

    /// <summary>The deployment with Cachix Deploy; null for none.</summary>
    public CiDeploy? Deploy { get; init; }

    /// <summary>When the inputs of the flake are updated, in the words of cron; null for never, such as where Renovate does it.</summary>
    public string? UpdateSchedule { get; init; }

    /// <summary>The release of the <c>nixsharp</c> tool that jobs install.</summary>
    public string ToolVersion { get; init; } = typeof(CiPipeline).Assembly.GetName().Version!.ToString(3);

    /// <summary>The line that installs the tool.</summary>
    internal string InstallTool => $"dotnet tool install --global NixSharp.Tool --version {ToolVersion}";

    /// <summary>The line that builds all outputs for a system; <paramref name="variable"/> is what its name stands in.</summary>
    internal string BuildCommand(string variable) =>
        $"nixsharp flake build --system {variable}{(Cache?.Uri is { } uri ? $" --cache {uri} --upload {uri}" : "")}";

    /// <exception cref="GitOpsException">It asks for something that no service could do.</exception>
    internal void Check()
    {
        if (Systems.Count == 0)
        {
            throw Invalid("it names no system");
        }

        if (Cache is { } cache && cache.Cachix is null == cache.Uri is null)
        {
            throw Invalid("a cache is either one of Cachix or has the URI of a store");
        }

        if (Deploy is not null && Cache is null)
        {
            throw Invalid("a deployment needs a cache that the agents fetch from");
        }

        foreach (var text in Texts().OfType<string>())
        {
            // They become parts of shell commands.
            if (text.Length == 0 || text.Any(static character => char.IsControl(character) || char.IsWhiteSpace(character) || "'\"`$;&|<>()\\".Contains(character, StringComparison.Ordinal)))
            {
                throw Invalid($"'{text}' has characters that a shell would not take as they are");
            }
        }
    }

    private IEnumerable<string?> Texts() =>
        [Branch, ToolVersion, Cache?.Cachix, Cache?.Uri, Push?.Installable, Push?.Image, .. Deploy?.Configurations ?? [], .. Systems.Keys];

    private static GitOpsException Invalid(string why) => new(NixErrorCodes.InvalidPipeline, $"The pipeline cannot be written: {why}. Correct the model.", "");
}
