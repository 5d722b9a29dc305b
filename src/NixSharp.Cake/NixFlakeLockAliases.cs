using Cake.Core;
using Cake.Core.Annotations;
using NixSharp.Flakes.Locks;

namespace NixSharp.Cake;

/// <summary>Looks into <c>flake.lock</c>, without Nix.</summary>
[CakeAliasCategory("Nix")]
public static class NixFlakeLockAliases
{
    /// <summary>Reads a lock file, or the one in a folder.</summary>
    /// <example><code>foreach (var (name, input) in NixFlakeLock(".").ListInputs()) Information($"{name}: {input}");</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Flakes")]
    [CakeNamespaceImport("NixSharp.Flakes.Locks")]
    public static FlakeLock NixFlakeLock(this ICakeContext context, string file) =>
        StoreRunner.Run(() => FlakeLock.ReadAsync(StoreRunner.FullPath(context, file)!));

    /// <summary>Says in words what became of the inputs between two lock files.</summary>
    /// <example><code>Information(NixFlakeLockDiff("before.lock", "flake.lock"));</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Flakes")]
    [CakeNamespaceImport("NixSharp.Flakes.Locks")]
    public static FlakeLockDifference NixFlakeLockDiff(this ICakeContext context, string old, string @new) =>
        FlakeLockDifference.Between(NixFlakeLock(context, old), NixFlakeLock(context, @new));

    /// <summary>Fails where a lock file cannot be used, or is not as the repository wants it.</summary>
    /// <example><code>NixFlakeLockCheck(".", new FlakeLockPolicy { MaxAge = TimeSpan.FromDays(90) });</code></example>
    [CakeMethodAlias]
    [CakeAliasCategory("Flakes")]
    [CakeNamespaceImport("NixSharp.Flakes.Locks")]
    public static void NixFlakeLockCheck(this ICakeContext context, string file, FlakeLockPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var found = NixFlakeLock(context, file);
        StoreRunner.Run(() =>
        {
            policy.Check(found, file);
            return Task.FromResult(true);
        });
    }
}
