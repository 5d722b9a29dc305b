using Microsoft.Build.Framework;
using NixSharp.MSBuild.Items;
using MSBuildTask = Microsoft.Build.Utilities.Task;

namespace NixSharp.MSBuild;

/// <summary>Returns the items that an earlier target made, in this build or in one before.</summary>
[MSBuildMultiThreadableTask]
public sealed class ReadNixItems : MSBuildTask
{
    /// <summary>The file that they are in, as an absolute path.</summary>
    [Required]
    public string File { get; set; } = "";

    /// <summary>The items.</summary>
    [Output]
    public ITaskItem[] Items { get; private set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        Items = ItemFile.Read(File);
        return true;
    }
}
