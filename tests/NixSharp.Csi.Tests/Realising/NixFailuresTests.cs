using NixSharp.Csi.Publishing;
using NixSharp.Csi.Realising;
using NixSharp.Processes;
using Xunit;

namespace NixSharp.Csi.Tests.Realising;

public sealed class NixFailuresTests
{
    [Theory]
    [InlineData("error: builder for '/nix/store/x.drv' failed with exit code 1;\n       last 2 log lines:\n       > broken", NixErrorCodes.BuildFailed)]
    [InlineData("error: Cannot build '/nix/store/x.drv'.\n       Reason: builder failed with exit code 3.", NixErrorCodes.BuildFailed)]
    [InlineData("error: hash mismatch in fixed-output derivation '/nix/store/x.drv':", NixErrorCodes.BuildFailed)]
    [InlineData("error: building of '/nix/store/x.drv' timed out after 5 seconds", NixErrorCodes.BuildLimit)]
    [InlineData("error: unable to start any build; either increase '--max-jobs' or enable remote builds.", NixErrorCodes.CsiNoBuilder)]
    [InlineData("error: a 'aarch64-linux' with features {} is required to build '/nix/store/x.drv', but I am a 'x86_64-linux'", NixErrorCodes.CsiNoBuilder)]
    [InlineData("error: writing to file: No space left on device", NixErrorCodes.VolumeOutOfSpace)]
    [InlineData("error: undefined variable 'pkgs'", NixErrorCodes.FlakeFailed)]
    public void Why_Nix_failed_is_told_apart_and_its_words_are_kept(string printed, string code)
    {
        var failure = new NixProcessException(NixErrorCodes.FlakeFailed, "nix failed", "nix build") { ErrorTail = printed.Split('\n') };
        var explained = NixFailures.Explain(failure, new VolumeSource.Flake("x#y"));
        Assert.Equal(code, explained.Code);
        Assert.EndsWith(printed, explained.Message, StringComparison.Ordinal);
        Assert.StartsWith("the flake output x#y was not built: ", explained.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Failures_of_other_kinds_stay_as_they_are()
    {
        var missing = new NixProcessException(NixErrorCodes.ProgramNotFound, "nix was not found", "nix");
        Assert.Same(missing, NixFailures.Explain(missing, new VolumeSource.Flake("x#y")));
    }
}
