using Microsoft.Build.Framework;
using NixSharp.Flakes.Expressions;
using NixSharp.GitOps.Nodes;

namespace NixSharp.MSBuild;

/// <summary>Writes a flake that makes an image and a configuration for each machine.</summary>
[MSBuildMultiThreadableTask]
public sealed class WriteNodeFlake : NixTask
{
    /// <summary>The machines, with <c>System</c>, <c>Format</c>, <c>Modules</c>, <c>Hardware</c> and <c>Nixpkgs</c> as metadata.</summary>
    [Required]
    public ITaskItem[] Nodes { get; set; } = [];

    /// <summary>The inputs of the flake, with their <c>Reference</c>.</summary>
    [Required]
    public ITaskItem[] Inputs { get; set; } = [];

    /// <summary>The flake that machines keep themselves up to date from; none for not at all.</summary>
    public string? Repository { get; set; }

    /// <summary>What the flake is for.</summary>
    public string? Description { get; set; }

    /// <summary>The folder to write to.</summary>
    [Required]
    public string Folder { get; set; } = "";

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var flake = new NodeFlake
        {
            Description = string.IsNullOrEmpty(Description) ? null : Description,
            Inputs = Inputs.ToDictionary(static input => input.ItemSpec, static input => FlakeInput.From(input.GetMetadata("Reference"))),
            AutoUpgrade = string.IsNullOrEmpty(Repository) ? null : new NodeAutoUpgrade { Repository = Repository },
            Nodes = [.. Nodes.Select(Read)],
        };
        foreach (var file in await flake.WriteAsync(PathOf(Folder), cancellationToken).ConfigureAwait(false))
        {
            Log.LogMessage(MessageImportance.High, "flake -> {0}", Path.Combine(PathOf(Folder), file));
        }
    }

    private static NixosNode Read(ITaskItem item)
    {
        var node = new NixosNode { Name = item.ItemSpec, Modules = List(item, "Modules"), Hardware = List(item, "Hardware") };
        return node with
        {
            System = Text(item, "System") ?? node.System,
            Format = Text(item, "Format") ?? node.Format,
            Nixpkgs = Text(item, "Nixpkgs") ?? node.Nixpkgs,
        };
    }

    private static string? Text(ITaskItem item, string name) => item.GetMetadata(name) is { Length: > 0 } text ? text : null;

    private static string[] List(ITaskItem item, string name) => item.GetMetadata(name).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
