using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Building;

/// <summary>Realises what a derivation needs of others, all at the same time.</summary>
internal sealed class InputRealiser(BuildSession session, StorePath path, BuildMode mode)
{
    // To check something is to build that again, not what it needs.
    private BuildMode Mode => mode == BuildMode.Repair ? BuildMode.Repair : BuildMode.Normal;

    /// <returns>Null, or what the failure of an input means for the derivation.</returns>
    public async Task<BuildOutcome?> RunAsync(IReadOnlyDictionary<StorePath, DerivationInput> inputs)
    {
        var failures = await Task.WhenAll(inputs.Select(input => RealiseAsync(input.Key, input.Value, isMade: false))).ConfigureAwait(false);
        return failures.FirstOrDefault(static failure => failure is { Status: not BuildStatus.Cancelled })
            ?? failures.FirstOrDefault(static failure => failure is not null);
    }

    private async Task<BuildOutcome?> RealiseAsync(StorePath derivation, DerivationInput input, bool isMade)
    {
        session.Waits.Add(path, derivation, isMade);
        var outputs = OutputsSpec.Of([.. input.Outputs.Concat(input.DynamicOutputs.Keys)]);
        var outcome = await session.RealiseAsync(derivation, outputs, Mode).ConfigureAwait(false);
        if (!outcome.IsSuccess)
        {
            return outcome.AsDependency(derivation.ToString());
        }

        foreach (var (output, needed) in input.DynamicOutputs)
        {
            var made = outcome.Outputs[output];
            if (!made.IsDerivation)
            {
                throw BuildFailure.Rejected($"it needs outputs of {made}, which is no derivation");
            }

            if (await RealiseAsync(made, needed, isMade: true).ConfigureAwait(false) is { } failure)
            {
                return failure;
            }
        }

        return null;
    }
}
