package org.untorn.iscsi.initiator;

import java.util.List;
import java.util.Optional;
import org.untorn.iscsi.auth.ChapAlgorithm;
import org.untorn.iscsi.auth.Credential;

/**
 * How an initiator proves who it is by CHAP, and what it wants proven.
 *
 * @param own its own name and secret
 * @param target the name and secret of the target, if that shall prove itself, too
 * @param algorithms what is offered, the dearest first
 */
public record ChapProof(
    Credential own, Optional<Credential> target, List<ChapAlgorithm> algorithms) {

  public ChapProof {
    algorithms = List.copyOf(algorithms);
  }

  /** A proof of one's own by any algorithm, the strongest first. */
  public static ChapProof of(Credential own) {
    return new ChapProof(own, Optional.empty(), List.of(ChapAlgorithm.values()).reversed());
  }

  /** The same where the target proves itself, too. */
  public ChapProof mutual(Credential other) {
    return new ChapProof(own, Optional.of(other), algorithms);
  }

  /** The same by one algorithm only. */
  public ChapProof by(ChapAlgorithm algorithm) {
    return new ChapProof(own, target, List.of(algorithm));
  }
}
